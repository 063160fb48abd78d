import type { AlertCases } from './alert-case.ts'

const partition = { partition: '0' }
const lag = 'rollcall_partition_lag{partition="0"}'
const state = (is: string, of = 0) => `rollcall_partition_state{partition="${of}",state="${is}"}`
const attempts = 'rollcall_attempts_total{partition="0"}'
const remaining = 'rollcall_partition_retention_remaining_seconds{partition="0"}'

export const ingestionCases: AlertCases = {
  RollcallPartitionHalted: [
    {
      when: 'it has halted',
      series: { [state('halted')]: '1x5' },
      at: '2m',
      fires: { ...partition, state: 'halted' },
    },
    { when: 'it runs', series: { [state('running')]: '1x5' }, at: '5m', fires: null },
    {
      when: 'two APIs tell the same',
      series: {
        'rollcall_partition_state{instance="a",partition="0",state="halted"}': '1x5',
        'rollcall_partition_state{instance="b",partition="0",state="halted"}': '1x5',
      },
      at: '2m',
      fires: { ...partition, state: 'halted' },
    },
  ],
  RollcallPartitionWaiting: [
    {
      when: 'it waits',
      series: { [state('waiting')]: '1x20' },
      at: '11m',
      fires: { ...partition, state: 'waiting' },
    },
    {
      when: 'Kafka failed over within minutes',
      series: { [state('waiting')]: '1x5 stale', [state('running')]: '_x6 1x20' },
      at: '20m',
      fires: null,
    },
  ],
  RollcallPaused: [
    {
      when: 'two partitions are forgotten',
      series: { [state('paused')]: '1x200', [state('paused', 1)]: '1x200' },
      at: '130m',
      fires: {},
    },
    {
      when: 'they are resumed after an hour',
      series: { [state('paused')]: '1x60 stale' },
      at: '130m',
      fires: null,
    },
  ],
  RollcallBehind: [
    {
      when: 'counts stand still',
      series: { rollcall_ingestion_delay_seconds: '0+60x30' },
      at: '20m',
      fires: {},
    },
    {
      when: 'a backlog is drained',
      series: { rollcall_ingestion_delay_seconds: '7200-60x60' },
      at: '20m',
      fires: null,
    },
    { when: 'it reads along', series: { rollcall_ingestion_delay_seconds: '3x60' }, at: '20m', fires: null },
  ],
  RollcallLagGrowing: [
    {
      when: 'twice as much comes as is counted',
      series: { [lag]: '0+6000x60', [attempts]: '0+6000x60' },
      at: '40m',
      fires: partition,
    },
    { when: 'nothing is counted at all', series: { [lag]: '0+10x60' }, at: '40m', fires: partition },
    {
      when: 'a backlog is drained',
      series: { [lag]: '900000-6000x60', [attempts]: '0+6000x60' },
      at: '40m',
      fires: null,
    },
    {
      when: 'a second of work waits',
      series: { [lag]: '100+1x60', [attempts]: '0+6000x60' },
      at: '40m',
      fires: null,
    },
    {
      when: 'it is paused, which is another alert',
      series: { [lag]: '0+10x60', [state('paused')]: '1x60' },
      at: '40m',
      fires: null,
    },
  ],
  RollcallNoWorker: [
    {
      when: 'all have ended',
      series: { 'rollcall_dependency_up{dependency="worker"}': '0x10' },
      at: '6m',
      fires: {},
    },
    {
      when: 'the only one is replaced',
      series: { 'rollcall_dependency_up{dependency="worker"}': '1x3 0x2 1x10' },
      at: '9m',
      fires: null,
    },
  ],
  RollcallUnreadExpireSoon: [
    {
      when: 'a paused partition is read no more',
      series: { [remaining]: '200000-60x60', rollcall_ingestion_delay_seconds: '400000+60x60' },
      at: '20m',
      fires: partition,
    },
    {
      when: 'retention is short, and it reads along',
      series: { [remaining]: '3600x60', rollcall_ingestion_delay_seconds: '2x60' },
      at: '20m',
      fires: null,
    },
  ],
  RollcallUnreadExpire: [
    {
      when: 'nothing was ever counted of it',
      series: { [remaining]: '80000-60x60' },
      at: '10m',
      fires: partition,
    },
    {
      when: 'two days are left',
      series: { [remaining]: '172800x60', rollcall_ingestion_delay_seconds: '400000x60' },
      at: '10m',
      fires: null,
    },
  ],
  RollcallBatchesParked: [
    { when: 'one is parked', series: { rollcall_parked_batches: '1x10' }, at: '6m', fires: {} },
    {
      when: 'it was replayed at once',
      series: { rollcall_parked_batches: '1x3 0x10' },
      at: '10m',
      fires: null,
    },
  ],
  RollcallParkedLong: [
    {
      when: 'nobody replays it for a day',
      series: { rollcall_parked_oldest_timestamp_seconds: '0x1500' },
      at: '1455m',
      fires: {},
    },
    {
      when: 'it was parked today',
      series: { rollcall_parked_oldest_timestamp_seconds: '40000x1500' },
      at: '1455m',
      fires: null,
    },
  ],
  RollcallOutputsWithheld: [
    { when: 'nobody replays them', series: { rollcall_withheld_batches: '1x40' }, at: '31m', fires: {} },
    {
      when: 'they were replayed',
      series: { rollcall_withheld_batches: '1x10 0x40' },
      at: '31m',
      fires: null,
    },
  ],
}

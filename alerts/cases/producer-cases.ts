import type { AlertCases } from './alert-case.ts'

const partition = { partition: '0' }
const lag = 'rollcall_partition_lag{partition="0"}'
const attempts = 'rollcall_attempts_total{partition="0"}'
const rejects = 'rollcall_rejects_total{reason="not_json"}'

/** 600 a minute, of a partition that is read along. */
const usual = { [lag]: '0x20000', [attempts]: '0+600x1500' }
const silent = { [lag]: '0x20000', [attempts]: '0+600x1500 900000x100' }

export const producerCases: AlertCases = {
  RollcallRejectsMany: [
    {
      when: 'one in twenty is no attempt',
      series: { [rejects]: '0+50x60', [attempts]: '0+950x60' },
      at: '30m',
      fires: {},
    },
    {
      when: 'one in a thousand is none',
      series: { [rejects]: '0+10x60', [attempts]: '0+9990x60' },
      at: '30m',
      fires: null,
    },
    {
      when: 'a single record is none',
      series: { [rejects]: '0x20 1x40', [attempts]: '0x60' },
      at: '40m',
      fires: null,
    },
  ],
  RollcallRejectFlood: [
    {
      when: 'a producer sends something else',
      series: { [rejects]: '0+500x60', [attempts]: '0+500x60' },
      at: '15m',
      fires: {},
    },
    { when: 'there is nothing but rejects', series: { [rejects]: '0+500x60' }, at: '15m', fires: {} },
    {
      when: 'one in twenty is no attempt',
      series: { [rejects]: '0+50x60', [attempts]: '0+950x60' },
      at: '15m',
      fires: null,
    },
  ],
  RollcallProducerSilent: [
    { when: 'nothing comes after a day like any other', series: silent, at: '1540m', fires: {} },
    {
      when: 'as much comes as yesterday',
      series: { ...usual, [attempts]: '0+600x1600' },
      at: '1540m',
      fires: null,
    },
    {
      when: 'this hour of the week is always quiet',
      series: {
        [lag]: '0x20000',
        [attempts]: '0+600x1440 864000x1400 0+600x7240 4344000x1600',
      },
      at: '11560m',
      fires: null,
    },
    {
      when: 'the workers stand still, and what comes waits',
      series: { [lag]: '0x1500 600+600x100', [attempts]: '0+600x1500 900000x100' },
      at: '1540m',
      fires: null,
    },
    {
      when: 'a backlog was drained at this time yesterday',
      series: { [lag]: '600000-6000x100 0x1500', [attempts]: '0+6600x100 660000+600x1500' },
      at: '1480m',
      fires: null,
    },
  ],
  RollcallPartitionSilent: [
    { when: 'its producer does not send', series: silent, at: '1560m', fires: partition },
    {
      when: 'as much comes as yesterday',
      series: { ...usual, [attempts]: '0+600x1600' },
      at: '1560m',
      fires: null,
    },
  ],
}

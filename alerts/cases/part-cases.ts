import type { AlertCases } from './alert-case.ts'

const worker = 'job="rollcall-worker",instance="worker:4101"'
const process = { job: 'rollcall-worker', instance: 'worker:4101' }
const build = `rollcall_build_info{role="worker",${worker}}`
const started = `process_start_time_seconds{${worker}}`
const expiry = 'rollcall_certificate_expiry_timestamp_seconds{wire="kafka"}'
const wire = { wire: 'kafka' }
const disk = 'job="rollcall-node",instance="db:9100",mountpoint="/var/lib/postgresql",fstype="ext4"'
const available = `node_filesystem_avail_bytes{${disk}}`
const size = `node_filesystem_size_bytes{${disk}}`
const volume = { instance: 'db:9100', mountpoint: '/var/lib/postgresql' }
const defects = (is: string) => `rollcall_slice_failures_total{class="${is}",dependency="rollcall"}`
const offline = 'kafka_controller_kafkacontroller_offlinepartitionscount'
const underMinIsr = 'kafka_server_replicamanager_underminisrpartitioncount'
const underReplicated = 'kafka_server_replicamanager_underreplicatedpartitions'
const claim = 'persistentvolumeclaim="data-kafka-0"'

export const partCases: AlertCases = {
  RollcallDependencyAway: [
    {
      when: 'no API reaches Postgres',
      series: { 'rollcall_dependency_up{dependency="postgres",instance="a"}': '0x10' },
      at: '4m',
      fires: { dependency: 'postgres' },
    },
    {
      when: 'one of two APIs reaches it',
      series: {
        'rollcall_dependency_up{dependency="postgres",instance="a"}': '0x10',
        'rollcall_dependency_up{dependency="postgres",instance="b"}': '1x10',
      },
      at: '10m',
      fires: null,
    },
    {
      when: 'it failed over within two minutes',
      series: { 'rollcall_dependency_up{dependency="postgres"}': '0x1 1x10' },
      at: '5m',
      fires: null,
    },
  ],
  RollcallCrashLoop: [
    {
      when: 'it starts anew again and again',
      series: { [build]: '1x60', [started]: '0+60x60' },
      at: '20m',
      fires: process,
    },
    {
      when: 'it was deployed',
      series: { [build]: '1x60', [started]: '0x10 600x60' },
      at: '20m',
      fires: null,
    },
    {
      when: 'another program does so',
      series: { 'process_start_time_seconds{job="other",instance="o:1"}': '0+60x60', [build]: '1x60' },
      at: '20m',
      fires: null,
    },
  ],
  RollcallDefect: [
    {
      when: 'a slice failed by our fault',
      series: { [defects('defect')]: '0x5 1x30' },
      at: '10m',
      fires: {},
    },
    {
      when: 'Kafka was away',
      series: { [defects('transient')]: '0+5x30', [defects('defect')]: '0x30' },
      at: '10m',
      fires: null,
    },
  ],
  RollcallTargetDown: [
    { when: 'it cannot be scraped', series: { [`up{${worker}}`]: '0x20' }, at: '11m', fires: process },
    { when: 'it was replaced', series: { [`up{${worker}}`]: '0x3 1x20' }, at: '11m', fires: null },
    {
      when: 'it is another program',
      series: { 'up{job="other",instance="o:1"}': '0x20' },
      at: '11m',
      fires: null,
    },
  ],
  RollcallCertificateExpires: [
    { when: 'ten days are left', series: { [expiry]: '864000x90' }, at: '65m', fires: wire },
    { when: 'a month is left', series: { [expiry]: '2592000x90' }, at: '65m', fires: null },
  ],
  RollcallCertificateExpiresNow: [
    { when: 'a day is left', series: { [expiry]: '86400x90' }, at: '20m', fires: wire },
    { when: 'it has expired', series: { [expiry]: '60x90' }, at: '20m', fires: wire },
    { when: 'ten days are left', series: { [expiry]: '864000x90' }, at: '20m', fires: null },
  ],
  RollcallKafkaOffline: [
    { when: 'one has no leader', series: { [offline]: '1x10' }, at: '3m', fires: {} },
    { when: 'a leader was elected anew', series: { [offline]: '1x1 0x10' }, at: '3m', fires: null },
  ],
  RollcallKafkaUnderMinIsr: [
    {
      when: 'two of three brokers have ended',
      series: { [`${underMinIsr}{instance="a"}`]: '12x10' },
      at: '6m',
      fires: {},
    },
    {
      when: 'a broker was restarted',
      series: { [`${underMinIsr}{instance="a"}`]: '12x2 0x10' },
      at: '6m',
      fires: null,
    },
  ],
  RollcallKafkaUnderReplicated: [
    {
      when: 'a broker stays away',
      series: { [`${underReplicated}{instance="a"}`]: '5x20' },
      at: '16m',
      fires: {},
    },
    {
      when: 'brokers are upgraded one by one',
      series: { [`${underReplicated}{instance="a"}`]: '5x8 0x20' },
      at: '16m',
      fires: null,
    },
  ],
  RollcallDiskFillsUp: [
    {
      when: 'three days are left at this pace',
      series: { [available]: '40000000000-9000000x500', [size]: '100000000000x500' },
      at: '430m',
      fires: volume,
    },
    {
      when: 'a claim of Kubernetes fills up, whichever machine has it',
      series: {
        [`kubelet_volume_stats_available_bytes{namespace="kafka",instance="m1",${claim}}`]:
          '40000000000-9000000x500',
        [`kubelet_volume_stats_capacity_bytes{namespace="kafka",instance="m1",${claim}}`]: '100000000000x500',
      },
      at: '430m',
      fires: { namespace: 'kafka', persistentvolumeclaim: 'data-kafka-0' },
    },
    {
      when: 'nothing grows',
      series: { [available]: '10000000000x500', [size]: '100000000000x500' },
      at: '430m',
      fires: null,
    },
    {
      when: 'most of it is free',
      series: { [available]: '90000000000-9000000x500', [size]: '100000000000x500' },
      at: '430m',
      fires: null,
    },
  ],
  RollcallDiskAlmostFull: [
    {
      when: 'two hours are left at this pace',
      series: { [available]: '19000000000-100000000x90', [size]: '100000000000x90' },
      at: '75m',
      fires: volume,
    },
    {
      when: 'a twentieth is left',
      series: { [available]: '4000000000x90', [size]: '100000000000x90' },
      at: '15m',
      fires: volume,
    },
    {
      when: 'a tenth is left, and nothing grows',
      series: { [available]: '10000000000x90', [size]: '100000000000x90' },
      at: '75m',
      fires: null,
    },
    {
      when: 'a file system in memory is full',
      series: {
        'node_filesystem_avail_bytes{job="rollcall-node",mountpoint="/run",fstype="tmpfs"}': '1x90',
        'node_filesystem_size_bytes{job="rollcall-node",mountpoint="/run",fstype="tmpfs"}': '1000x90',
      },
      at: '15m',
      fires: null,
    },
  ],
}

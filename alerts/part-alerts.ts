import type { Alert, RuleGroup } from './alert.ts'

const AVAILABLE = 'rollcall_volume:available_bytes:min'
const SIZE = 'rollcall_volume:size_bytes:max'
const VOLUME = '(namespace, instance, mountpoint, persistentvolumeclaim)'
const NODE = 'job=~".*rollcall.*",fstype!~"tmpfs|ramfs|overlay|squashfs|iso9660"'
const CLAIM = 'persistentvolumeclaim=~".*(rollcall|kafka|postgres).*"'
const NAMED =
  'volumes of node exporters whose job contains `rollcall`, and claims of Kubernetes whose name contains `rollcall`, `kafka` or `postgres`'
const EXPIRY = 'min by (namespace, wire) (rollcall_certificate_expiry_timestamp_seconds)'

const processes: Alert[] = [
  {
    name: 'RollcallDependencyAway',
    severity: 'page',
    expression: 'max by (namespace, dependency) (rollcall_dependency_up{dependency!="worker"}) == 0',
    for: '3m',
    summary: 'No API reaches {{ $labels.dependency }}',
    description:
      'Workers wait for it and go on by themselves; nothing is lost. Alerts of what needs it are muted until it answers.',
  },
  {
    name: 'RollcallCrashLoop',
    severity: 'page',
    expression: `changes(process_start_time_seconds[30m]) > 2
and on (namespace, job, instance) last_over_time(rollcall_build_info[30m])`,
    for: '1m',
    summary: '{{ $labels.job }} {{ $labels.instance }} has started anew {{ $value }} times in half an hour',
    description:
      'Something ends it soon after each start: a fault in our code, the memory limit, or a setting. Its last log lines say which.',
  },
  {
    name: 'RollcallDefect',
    severity: 'warning',
    expression: 'sum by (namespace) (increase(rollcall_slice_failures_total{class="defect"}[30m])) > 0',
    for: '0s',
    summary: 'A fault in our code stopped slices: {{ $value | humanize }} times in half an hour',
    description:
      'They are tried again. What fails three times is parked, or halts its partition. The log of the worker has the stack.',
  },
  {
    name: 'RollcallTargetDown',
    severity: 'warning',
    expression: 'up{job=~".*rollcall.*"} == 0',
    for: '10m',
    summary: 'Prometheus cannot scrape {{ $labels.job }} {{ $labels.instance }}',
    description: 'The process is away, its metrics are not reached, or they fail. Alerts about it are blind.',
    assumes: 'jobs whose name contains `rollcall`',
  },
]

const certificates: Alert[] = [
  {
    name: 'RollcallCertificateExpires',
    severity: 'warning',
    expression: `${EXPIRY} - time() < 14 * 86400`,
    for: '1h',
    summary: 'A certificate of the wire {{ $labels.wire }} expires in {{ $value | humanizeDuration }}',
    description: 'Renew it, with all certificates above it.',
    assumes: 'certificates that are renewed two weeks before their end',
  },
  {
    name: 'RollcallCertificateExpiresNow',
    severity: 'page',
    expression: `${EXPIRY} - time() < 2 * 86400`,
    for: '15m',
    summary: 'A certificate of the wire {{ $labels.wire }} expires in {{ $value | humanizeDuration }}',
    description: 'From then on nothing connects over this wire. A negative time is past.',
    assumes: 'certificates that live for a week or more',
  },
]

const kafka: Alert[] = [
  {
    name: 'RollcallKafkaOffline',
    severity: 'page',
    expression: 'max by (namespace) (kafka_controller_kafkacontroller_offlinepartitionscount) > 0',
    for: '2m',
    summary: '{{ $value }} partitions of Kafka have no leader',
    description: 'Nobody can read or write them: producers keep or drop what they send.',
  },
  {
    name: 'RollcallKafkaUnderMinIsr',
    severity: 'page',
    expression: 'sum by (namespace) (kafka_server_replicamanager_underminisrpartitioncount) > 0',
    for: '5m',
    summary: '{{ $value }} partitions of Kafka have fewer replicas in sync than they need',
    description: 'Kafka refuses writes that ask for safety: producers fail, and partitions wait.',
  },
  {
    name: 'RollcallKafkaUnderReplicated',
    severity: 'warning',
    expression: 'sum by (namespace) (kafka_server_replicamanager_underreplicatedpartitions) > 0',
    for: '15m',
    summary: '{{ $value }} partitions of Kafka lack replicas in sync',
    description: 'All works, but the next broker that ends may take partitions with it.',
  },
]

const disks: Alert[] = [
  {
    name: 'RollcallDiskFillsUp',
    severity: 'warning',
    expression: `predict_linear(${AVAILABLE}[6h], 4 * 86400) < 0 and ${AVAILABLE} / ${SIZE} < 0.5`,
    for: '1h',
    summary:
      'The volume {{ $labels.persistentvolumeclaim }}{{ $labels.mountpoint }} of {{ $labels.instance }} is full within four days',
    description:
      'At the pace of the last six hours. Find what grows: a topic, the write-ahead log that a stopped replica holds, or the tables.',
    assumes: NAMED,
  },
  {
    name: 'RollcallDiskAlmostFull',
    severity: 'page',
    expression: `predict_linear(${AVAILABLE}[1h], 4 * 3600) < 0 and ${AVAILABLE} / ${SIZE} < 0.2
or ${AVAILABLE} / ${SIZE} < 0.05`,
    for: '10m',
    summary:
      'The volume {{ $labels.persistentvolumeclaim }}{{ $labels.mountpoint }} of {{ $labels.instance }} is almost full',
    description:
      'Less than a twentieth is left, or it is full within four hours. Then the part on it stops, and partitions wait; nothing is lost.',
    assumes: NAMED,
  },
]

/** Whether the processes run, and what they stand on. */
export const partAlerts: RuleGroup = {
  name: 'rollcall-parts',
  title: 'Processes and parts',
  recordings: [
    {
      record: AVAILABLE,
      expression: `min by ${VOLUME} (node_filesystem_avail_bytes{${NODE}})
or min by (namespace, persistentvolumeclaim) (kubelet_volume_stats_available_bytes{${CLAIM}})`,
    },
    {
      record: SIZE,
      expression: `max by ${VOLUME} (node_filesystem_size_bytes{${NODE}})
or max by (namespace, persistentvolumeclaim) (kubelet_volume_stats_capacity_bytes{${CLAIM}})`,
    },
  ],
  alerts: [...processes, ...certificates, ...kafka, ...disks],
}

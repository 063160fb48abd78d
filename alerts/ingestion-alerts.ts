import type { Alert, RuleGroup } from './alert.ts'
import { ARRIVALS, ATTEMPTS, PARTITION_ARRIVALS, producerAlerts, REJECTS } from './producer-alerts.ts'

const LAG = 'namespace_partition:rollcall_partition_lag:max'
const STATE = 'namespace_partition_state:rollcall_partition_state:max'
const DELAY = 'namespace:rollcall_ingestion_delay_seconds:max'
const RETENTION = 'namespace_partition:rollcall_partition_retention_remaining_seconds:min'
const PARTITION_ATTEMPTS = 'namespace_partition:rollcall_attempts:rate15m'

const DAY = 86_400
/** A partition that reads along is never near retention, however short that is. */
const NOT_CURRENT = `unless on (namespace) ${DELAY} <= 600`

const stuck: Alert[] = [
  {
    name: 'RollcallPartitionHalted',
    severity: 'page',
    expression: `${STATE}{state="halted"} == 1`,
    for: '1m',
    summary: 'Partition {{ $labels.partition }} halted itself',
    description:
      'Going on would lose or miscount attempts. It stays halted until somebody commands it; counts of this partition stand still. ingestion { problems { message } } has the reason and the command.',
  },
  {
    name: 'RollcallPartitionWaiting',
    severity: 'warning',
    expression: `${STATE}{state="waiting"} == 1`,
    for: '10m',
    summary: 'Partition {{ $labels.partition }} waits for a part that does not answer it',
    description:
      'It goes on by itself once Kafka, Postgres or Temporal takes what it sends. ingestion { problems { message } } names the part.',
  },
  {
    name: 'RollcallPaused',
    severity: 'warning',
    expression: `count by (namespace) (${STATE}{state="paused"} == 1) > 0`,
    for: '2h',
    summary: '{{ $value }} partitions have been paused for two hours',
    description:
      'Nothing of them is counted meanwhile. Somebody paused them: controlEvents says who and why. Resume them, or silence this until then.',
  },
  {
    name: 'RollcallBehind',
    severity: 'page',
    expression: `${DELAY} > 600 and deriv(${DELAY}[5m]) > -0.1`,
    for: '5m',
    summary: 'Counts are {{ $value | humanizeDuration }} behind, and do not catch up',
    description:
      'Answers say so, and are as old as that. Look which partitions have lag, and whether it falls: ingestion { lag partitions { partition state lag } }.',
  },
  {
    name: 'RollcallLagGrowing',
    severity: 'page',
    expression: `${LAG} > 60 * (${PARTITION_ATTEMPTS} or 0 * ${LAG})
and deriv(${LAG}[15m]) > 0
unless on (namespace, partition) ${STATE}{state=~"halted|paused"} == 1`,
    for: '15m',
    summary: 'Lag of partition {{ $labels.partition }} is {{ $value | humanize }} offsets and grows',
    description:
      'More comes than is counted, for half an hour, and more than a minute of work waits: counts fall further and further behind.',
  },
  {
    name: 'RollcallNoWorker',
    severity: 'page',
    expression: 'max by (namespace) (rollcall_dependency_up{dependency="worker"}) == 0',
    for: '5m',
    summary: 'No worker answers',
    description: 'Nothing is counted, and no command is taken. Nothing is lost as long as Kafka keeps it.',
  },
]

const retention: Alert[] = [
  {
    name: 'RollcallUnreadExpireSoon',
    severity: 'warning',
    expression: `${RETENTION} < ${3 * DAY} ${NOT_CURRENT}`,
    for: '15m',
    summary:
      'Kafka deletes unread records of partition {{ $labels.partition }} in {{ $value | humanizeDuration }}',
    description:
      'The partition is paused, halted or behind. Its retention is longer than a backlog may last.',
    assumes: 'a retention of the topic of four days or more, as the default of seven',
  },
  {
    name: 'RollcallUnreadExpire',
    severity: 'page',
    expression: `${RETENTION} < ${DAY} ${NOT_CURRENT}`,
    for: '5m',
    summary:
      'Kafka deletes unread records of partition {{ $labels.partition }} in {{ $value | humanizeDuration }}',
    description:
      'What is deleted unread is never counted. Raise the retention of the topic now, then find out why nobody reads.',
    assumes: 'a retention of the topic of two days or more, as the default of seven',
  },
]

const setAside: Alert[] = [
  {
    name: 'RollcallBatchesParked',
    severity: 'warning',
    expression: 'max by (namespace) (rollcall_parked_batches) > 0',
    for: '5m',
    summary: '{{ $value }} batches are parked',
    description:
      'Their attempts are not counted until the cause is mended and somebody replays them; ingestion goes on.',
  },
  {
    name: 'RollcallParkedLong',
    severity: 'page',
    expression: `time() - min by (namespace) (rollcall_parked_oldest_timestamp_seconds) > ${DAY}`,
    for: '5m',
    summary: 'A batch has been parked for {{ $value | humanizeDuration }}',
    description: 'A replay reads its records from Kafka again, which retention deletes.',
    assumes: 'a retention of the topic of three days or more, as the default of seven',
  },
  {
    name: 'RollcallOutputsWithheld',
    severity: 'warning',
    expression: 'max by (namespace) (rollcall_withheld_batches) > 0',
    for: '30m',
    summary: 'Outputs of {{ $value }} batches are withheld',
    description: 'They are counted, and readers of processed-data lack them until somebody replays them.',
  },
]

/** Whether attempts come, are counted, and can be. */
export const ingestionAlerts: RuleGroup = {
  name: 'rollcall-ingestion',
  title: 'Ingestion',
  recordings: [
    { record: LAG, expression: 'max by (namespace, partition) (rollcall_partition_lag)' },
    { record: STATE, expression: 'max by (namespace, partition, state) (rollcall_partition_state)' },
    { record: DELAY, expression: 'max by (namespace) (rollcall_ingestion_delay_seconds)' },
    {
      record: RETENTION,
      expression: 'min by (namespace, partition) (rollcall_partition_retention_remaining_seconds)',
    },
    { record: ATTEMPTS, expression: 'sum by (namespace) (rate(rollcall_attempts_total[15m]))' },
    {
      record: PARTITION_ATTEMPTS,
      expression: 'sum by (namespace, partition) (rate(rollcall_attempts_total[15m]))',
    },
    {
      record: PARTITION_ARRIVALS,
      expression: `(${PARTITION_ATTEMPTS} or 0 * ${LAG}) + deriv(${LAG}[15m])`,
    },
    { record: ARRIVALS, expression: `sum by (namespace) (${PARTITION_ARRIVALS})` },
    { record: REJECTS, expression: 'sum by (namespace) (rate(rollcall_rejects_total[15m]))' },
  ],
  alerts: [...stuck, ...retention, ...setAside, ...producerAlerts],
}

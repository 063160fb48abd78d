import { type Board, NAMESPACE, namespaceVariable, type Panel } from './board.ts'
import { overviewLines } from './overview-lines.ts'

const DAY = 86_400
const firing = (severity: string) =>
  `count(ALERTS{alertname=~"Rollcall.+",alertstate="firing",severity="${severity}",${NAMESPACE}}) or vector(0)`
const largest = (metric: string) => `max(${metric}{${NAMESPACE}})`
const age = (metric: string) => `time() - min(max by (namespace) (${metric}{${NAMESPACE}}))`

const alerts: Panel[] = [
  {
    title: 'Pages',
    as: 'value',
    description: 'Alerts that wake somebody up. The usual is 0; the table beside says which fire.',
    unit: 'short',
    queries: [{ expression: firing('page'), legend: 'pages' }],
    limits: { page: 1 },
    width: 4,
  },
  {
    title: 'Warnings',
    as: 'value',
    description: 'Alerts that wait for the next working day. The usual is 0.',
    unit: 'short',
    queries: [{ expression: firing('warning'), legend: 'warnings' }],
    limits: { warning: 1 },
    width: 4,
  },
  {
    title: 'Alerts that fire',
    as: 'table',
    description: 'Each has a heading of its name in docs/runbook.md. Empty when none fires.',
    unit: 'short',
    queries: [
      {
        expression: `max by (namespace, severity, alertname, partition, dependency, node) (ALERTS{alertname=~"Rollcall.+",alertstate="firing",${NAMESPACE}})`,
        legend: '{{alertname}}',
      },
    ],
    width: 8,
  },
  {
    title: 'Dependencies',
    as: 'value',
    description:
      'Whether Kafka, Postgres, Temporal and a worker answer. While a part is away nothing is lost: partitions wait and go on by themselves.',
    unit: 'yes or no',
    queries: [
      {
        expression: `max by (namespace, dependency) (rollcall_dependency_up{${NAMESPACE}})`,
        legend: '{{namespace}} {{dependency}}',
      },
    ],
    alerts: ['RollcallDependencyAway', 'RollcallNoWorker'],
    width: 8,
  },
]

const counts: Panel[] = [
  {
    title: 'How far counts are behind',
    as: 'value',
    description:
      'Age of the latest counted attempt, of the partition with unread records that is furthest behind. 0: everything is read. Above ten minutes without catching up, somebody is paged.',
    unit: 's',
    queries: [{ expression: largest('rollcall_ingestion_delay_seconds'), legend: 'behind' }],
    limits: { warning: 60, page: 600 },
    alerts: ['RollcallBehind'],
    width: 4,
  },
  {
    title: 'Partitions by state',
    as: 'value',
    description:
      'Running is right. Waiting goes on by itself; paused was commanded; halted needs a command, and the reason is in `rollcall status`.',
    unit: 'short',
    queries: [
      {
        expression: `count by (state) (max by (namespace, partition, state) (rollcall_partition_state{${NAMESPACE}}))`,
        legend: '{{state}}',
      },
    ],
    alerts: ['RollcallPartitionHalted', 'RollcallPartitionWaiting', 'RollcallPaused'],
    width: 8,
  },
  {
    title: 'Parked batches',
    as: 'value',
    description: 'Batches whose attempts are not counted until somebody replays them. The usual is 0.',
    unit: 'short',
    queries: [
      { expression: `sum(max by (namespace) (rollcall_parked_batches{${NAMESPACE}}))`, legend: 'parked' },
    ],
    limits: { warning: 1 },
    alerts: ['RollcallBatchesParked', 'RollcallParkedLong'],
    width: 4,
  },
  {
    title: 'Withheld batches',
    as: 'value',
    description: 'Batches that are counted, but whose outputs were not published. The usual is 0.',
    unit: 'short',
    queries: [
      { expression: `sum(max by (namespace) (rollcall_withheld_batches{${NAMESPACE}}))`, legend: 'withheld' },
    ],
    limits: { warning: 1 },
    alerts: ['RollcallOutputsWithheld'],
    width: 4,
  },
  {
    title: 'Until unread records are deleted',
    as: 'value',
    description:
      "Time until Kafka's retention takes the oldest unread record, at the earliest. What is deleted unread is never counted. Empty while everything is read or retention is unlimited.",
    unit: 's',
    queries: [
      {
        expression: `min(rollcall_partition_retention_remaining_seconds{${NAMESPACE}})`,
        legend: 'left',
      },
    ],
    limits: { warning: 3 * DAY, page: DAY, isWorseBelow: true },
    alerts: ['RollcallUnreadExpireSoon', 'RollcallUnreadExpire'],
    width: 4,
  },
]

const checks: Panel[] = [
  {
    title: 'Differences found',
    as: 'value',
    description:
      'What the last reconciliation found to differ between the ledger and the counts. Anything but 0: answers may be wrong.',
    unit: 'short',
    queries: [{ expression: largest('rollcall_reconciliation_differences'), legend: 'differences' }],
    limits: { page: 1 },
    alerts: ['RollcallDiscrepancy'],
    width: 4,
  },
  {
    title: 'Since the last reconciliation',
    as: 'value',
    description: 'Nobody compares the numbers for longer than RECONCILE_EVERY_MINUTES says, if this grows.',
    unit: 's',
    queries: [
      { expression: age('rollcall_reconciliation_finished_timestamp_seconds'), legend: 'since then' },
    ],
    limits: { warning: 1_800 },
    alerts: ['RollcallReconciliationOverdue'],
    width: 4,
  },
  {
    title: 'Audit chain intact',
    as: 'value',
    description: 'No: an event of the audit was changed, removed or added past Rollcall.',
    unit: 'yes or no',
    queries: [{ expression: `min(rollcall_audit_chain_intact{${NAMESPACE}})`, legend: 'intact' }],
    alerts: ['RollcallAuditBroken'],
    width: 4,
  },
  {
    title: 'Since the last check of the audit',
    as: 'value',
    description: 'A break of the chain is not noticed between checks.',
    unit: 's',
    queries: [{ expression: age('rollcall_audit_checked_timestamp_seconds'), legend: 'since then' }],
    limits: { warning: 7_200 },
    alerts: ['RollcallAuditCheckOverdue'],
    width: 4,
  },
  {
    title: 'Processes by version',
    as: 'table',
    description: 'What runs. Two versions of a role side by side: an upgrade is under way.',
    unit: 'short',
    queries: [
      {
        expression: `count by (namespace, role, version, node_version) (rollcall_build_info{${NAMESPACE}})`,
        legend: '{{role}} {{version}}',
      },
    ],
    alerts: ['RollcallNoApi', 'RollcallCrashLoop', 'RollcallTargetDown'],
    width: 8,
  },
]

/** What an operator asks first. */
export const overview: Board = {
  name: 'rollcall-overview',
  title: 'Rollcall: overview',
  description: 'Is anything wrong, are counts current, and are they right?',
  variables: [namespaceVariable],
  rows: [
    { title: 'Is anything wrong?', panels: alerts },
    { title: 'Are counts current?', panels: counts },
    { title: 'Are numbers right?', panels: checks },
    { title: 'Over time', panels: overviewLines },
  ],
}

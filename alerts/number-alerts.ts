import type { RuleGroup } from './alert.ts'

/** Whether numbers are right, and made in time. */
export const numberAlerts: RuleGroup = {
  name: 'rollcall-numbers',
  title: 'Numbers',
  recordings: [],
  alerts: [
    {
      name: 'RollcallDiscrepancy',
      severity: 'page',
      expression: 'max by (namespace, kind) (rollcall_discrepancies{kind!="audit_chain"}) > 0',
      for: '1m',
      summary: 'Reconciliation found {{ $value }} discrepancies ({{ $labels.kind }})',
      description:
        'Tables that must agree do not: somebody changed rows by hand, or Rollcall has a fault. Answers may be wrong. Save what discrepancies lists before anything is changed.',
    },
    {
      name: 'RollcallReconciliationOverdue',
      severity: 'warning',
      expression: `time() - max by (namespace) (rollcall_reconciliation_finished_timestamp_seconds) > 1800
or count by (namespace) (rollcall_build_info{role="api"}) unless count by (namespace) (rollcall_reconciliation_finished_timestamp_seconds)`,
      for: '30m',
      summary: 'No reconciliation has finished for an hour',
      description: 'Nobody compares the numbers meanwhile. The workflow reconcile/user-login shows why.',
      assumes: '`RECONCILE_EVERY_MINUTES` of 20 or less, and not 0',
    },
    {
      name: 'RollcallAuditBroken',
      severity: 'page',
      expression: 'min by (namespace) (rollcall_audit_chain_intact) == 0',
      for: '1m',
      summary: 'The audit chain is broken',
      description:
        'An event of the audit was changed, removed or added past Rollcall. auditVerification { break { explanation } } says which.',
    },
    {
      name: 'RollcallAuditCheckOverdue',
      severity: 'warning',
      expression: `time() - max by (namespace) (rollcall_audit_checked_timestamp_seconds) > 7200
or count by (namespace) (rollcall_build_info{role="api"}) unless count by (namespace) (rollcall_audit_checked_timestamp_seconds)`,
      for: '2h',
      summary: 'The audit chain has not been checked for hours',
      description: 'A break would not be noticed meanwhile.',
      assumes: '`AUDIT_CHECK_EVERY_MINUTES` of 90 or less, and not 0',
    },
    {
      name: 'RollcallRollupsBehind',
      severity: 'warning',
      expression: 'time() - min by (namespace, rollup) (rollcall_pending_oldest_timestamp_seconds) > 1800',
      for: '10m',
      summary: 'Rollups of {{ $labels.rollup }} are {{ $value | humanizeDuration }} behind',
      description:
        'Counts stay right, but answers get slower; those about users, devices and addresses lack the latest attempts, and say so.',
    },
    {
      name: 'RollcallUpkeepFailing',
      severity: 'warning',
      expression: 'sum by (namespace, task) (increase(rollcall_upkeep_failures_total[15m])) > 0',
      for: '30m',
      summary: 'The task {{ $labels.task }} of upkeep keeps failing',
      description: 'It is tried again each second. The log of the worker has the error.',
    },
  ],
}

import type { AlertCases } from './alert-case.ts'

const api = 'rollcall_build_info{role="api"}'
const reconciled = 'rollcall_reconciliation_finished_timestamp_seconds'
const checked = 'rollcall_audit_checked_timestamp_seconds'
const pending = 'rollcall_pending_oldest_timestamp_seconds{rollup="sightings"}'
const failures = 'rollcall_upkeep_failures_total{task="list_day"}'

export const numberCases: AlertCases = {
  RollcallDiscrepancy: [
    {
      when: 'a count differs',
      series: { 'rollcall_discrepancies{kind="hour_count"}': '2x5' },
      at: '2m',
      fires: { kind: 'hour_count' },
    },
    {
      when: 'none is open',
      series: { 'rollcall_discrepancies{kind="hour_count"}': '0x5' },
      at: '2m',
      fires: null,
    },
    {
      when: 'the audit chain is broken, which is another alert',
      series: { 'rollcall_discrepancies{kind="audit_chain"}': '1x5' },
      at: '2m',
      fires: null,
    },
  ],
  RollcallReconciliationOverdue: [
    {
      when: 'none has finished since the start',
      series: { [api]: '1x90', [reconciled]: '0x90' },
      at: '65m',
      fires: {},
    },
    { when: 'none has ever finished', series: { [api]: '1x90' }, at: '35m', fires: {} },
    {
      when: 'one finishes every five minutes',
      series: { [api]: '1x90', [reconciled]: '0+60x90' },
      at: '65m',
      fires: null,
    },
  ],
  RollcallAuditBroken: [
    { when: 'a break is open', series: { rollcall_audit_chain_intact: '0x5' }, at: '2m', fires: {} },
    { when: 'it is whole', series: { rollcall_audit_chain_intact: '1x5' }, at: '2m', fires: null },
  ],
  RollcallAuditCheckOverdue: [
    { when: 'nobody checks it', series: { [api]: '1x300', [checked]: '0x300' }, at: '245m', fires: {} },
    {
      when: 'it is checked every hour',
      series: { [api]: '1x300', [checked]: '0x60 3600x60 7200x60 10800x60 14400x60' },
      at: '245m',
      fires: null,
    },
  ],
  RollcallRollupsBehind: [
    { when: 'nobody rolls up', series: { [pending]: '0x60' }, at: '41m', fires: { rollup: 'sightings' } },
    { when: 'they are made as batches come', series: { [pending]: '0+60x60' }, at: '41m', fires: null },
  ],
  RollcallUpkeepFailing: [
    {
      when: 'a task always fails',
      series: { [failures]: '0+30x60' },
      at: '40m',
      fires: { task: 'list_day' },
    },
    {
      when: 'it failed while Postgres failed over',
      series: { [failures]: '0x5 5x60' },
      at: '50m',
      fires: null,
    },
  ],
}

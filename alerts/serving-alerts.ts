import type { RuleGroup } from './alert.ts'

const API = 'rollcall_build_info{role="api"}'
/** Faults on our side of an answer; the other codes are about the request. */
const FAULTS =
  'UNEXPECTED|DATABASE_UNAVAILABLE|DATABASE_BUSY|QUERY_TIMEOUT|IDENTITY_UNAVAILABLE|AUDIT_UNAVAILABLE|NO_WORKER|KAFKA_UNAVAILABLE|TEMPORAL_UNAVAILABLE'
const REQUESTS = 'sum by (namespace) (rate(rollcall_http_requests_total[5m]))'
const FAILED = `sum by (namespace) (rate(rollcall_http_requests_total{status=~"5.."}[5m]))`
const REFUSED = `sum by (namespace) (rate(rollcall_refusals_total{code=~"${FAULTS}"}[5m]))`

/** Whether questions are answered. */
export const servingAlerts: RuleGroup = {
  name: 'rollcall-serving',
  title: 'Answers',
  recordings: [],
  alerts: [
    {
      name: 'RollcallNoApi',
      severity: 'page',
      expression: `count by (namespace) (last_over_time(${API}[1d])) unless count by (namespace) (${API})
or absent(${API}) unless on () count(last_over_time(${API}[1d]))`,
      for: '3m',
      summary: 'No API answers',
      description:
        'Nobody gets answers, and this is blind meanwhile: all about ingestion comes from the APIs. Ingestion goes on without them.',
      assumes: 'that whoever removes a Rollcall silences this for a day',
    },
    {
      name: 'RollcallApiErrors',
      severity: 'page',
      expression: `(${FAILED} > ${REQUESTS} * 0.05 or ${REFUSED} > ${REQUESTS} * 0.05) > 10 / 300`,
      for: '5m',
      summary: 'More than one request in twenty fails: {{ $value | humanize }} each second',
      description:
        'By a fault of Rollcall or of a part, not of the requests. rate(rollcall_refusals_total[5m]) by code says which.',
    },
    {
      name: 'RollcallReplicaAway',
      severity: 'warning',
      expression: 'min by (namespace, node) (rollcall_node_up{node=~"replica.*"}) == 0',
      for: '5m',
      summary: 'An API does not reach the {{ $labels.node }}',
      description: 'Questions go to the other nodes, at last to the primary, beside the work of the workers.',
    },
    {
      name: 'RollcallReplicaBehind',
      severity: 'warning',
      expression: 'max by (namespace, node) (rollcall_node_delay_seconds) > 60',
      for: '10m',
      summary: 'The {{ $labels.node }} is {{ $value | humanizeDuration }} behind',
      description: 'Questions that want fresher numbers go to the primary, beside the work of the workers.',
    },
  ],
}

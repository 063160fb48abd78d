import { NAMESPACE, type Panel, perSecond } from './board.ts'
import { rollupsBehind } from './work-panels.ts'

const DAY = 86_400
const counted = perSecond('rollcall_attempts_total', 'namespace')

/** What an operator looks at over time. */
export const overviewLines: Panel[] = [
  {
    title: 'Attempts counted',
    as: 'lines',
    description: 'Attempts to log in that workers counted each second, and records that could not be read.',
    unit: 'cps',
    queries: [
      { expression: counted, legend: '{{namespace}} counted' },
      {
        expression: `${perSecond('rollcall_rejects_total', 'namespace')} or 0 * ${counted}`,
        legend: '{{namespace}} rejected',
      },
    ],
    alerts: ['RollcallProducerSilent', 'RollcallRejectsMany', 'RollcallRejectFlood'],
    width: 8,
  },
  {
    title: 'Lag',
    as: 'lines',
    description:
      'Offsets of all partitions that are not processed. It may rise for a while, and has to fall.',
    unit: 'short',
    queries: [
      {
        expression: `sum by (namespace) (max by (namespace, partition) (rollcall_partition_lag{${NAMESPACE}}))`,
        legend: '{{namespace}} lag',
      },
    ],
    alerts: ['RollcallLagGrowing'],
    width: 8,
  },
  {
    title: 'Requests by status',
    as: 'stack',
    description: 'HTTP requests that APIs answered. Status 5xx is a fault of ours or of a part.',
    unit: 'reqps',
    queries: [
      {
        expression: perSecond('rollcall_http_requests_total', 'namespace, status'),
        legend: '{{namespace}} {{status}}',
      },
    ],
    alerts: ['RollcallApiErrors'],
    width: 8,
  },
  {
    title: 'Until a certificate expires',
    as: 'lines',
    description: 'The first certificate of each wire. Empty where no wire has one.',
    unit: 's',
    queries: [
      {
        expression: `min by (namespace, wire) (rollcall_certificate_expiry_timestamp_seconds{${NAMESPACE}}) - time()`,
        legend: '{{namespace}} {{wire}}',
      },
    ],
    limits: { warning: 14 * DAY, page: 2 * DAY, isWorseBelow: true },
    alerts: ['RollcallCertificateExpires', 'RollcallCertificateExpiresNow'],
    width: 12,
  },
  rollupsBehind({
    description:
      'Age of the oldest batch that upkeep has yet to roll up. Counts stay right meanwhile; answers get slower, and those about people lack the latest attempts.',
    width: 12,
  }),
]

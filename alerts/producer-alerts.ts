import type { Alert } from './alert.ts'

export const ATTEMPTS = 'namespace:rollcall_attempts:rate15m'
export const REJECTS = 'namespace:rollcall_rejects:rate15m'
export const ARRIVALS = 'namespace:rollcall_arrivals:rate15m'
export const PARTITION_ARRIVALS = 'namespace_partition:rollcall_arrivals:rate15m'

/** 20 in a quarter of an hour: fewer are no rate. */
const SOME = '20 / 900'
/** Less than a tenth of what came at the same time a week before, or a day before where a week is not known. */
const silence = (arrivals: string, on: string): string =>
  `${arrivals} < 0.1 * (${arrivals} offset 1w or ${arrivals} offset 1d)
and on (${on}) (${arrivals} offset 1w or ${arrivals} offset 1d) > ${SOME}`

/** Whether producers send what can be read, and as much as they use to. */
export const producerAlerts: readonly Alert[] = [
  {
    name: 'RollcallRejectsMany',
    severity: 'warning',
    expression: `${REJECTS} / (${REJECTS} + (${ATTEMPTS} or 0 * ${REJECTS})) > 0.02 and ${REJECTS} > ${SOME}`,
    for: '15m',
    summary: '{{ $value | humanizePercentage }} of the records cannot be read as attempts',
    description: 'They are kept, and not counted. rejectedRecords lists them with their reasons.',
  },
  {
    name: 'RollcallRejectFlood',
    severity: 'page',
    expression: `${REJECTS} / (${REJECTS} + (${ATTEMPTS} or 0 * ${REJECTS})) > 0.2 and ${REJECTS} > ${SOME}`,
    for: '5m',
    summary: '{{ $value | humanizePercentage }} of the records cannot be read as attempts',
    description:
      'A producer has changed its messages: most likely with a deploy. Counts lack these attempts; above REJECT_HALT_PERCENT partitions halt.',
    assumes: '`REJECT_HALT_PERCENT` above 20',
  },
  {
    name: 'RollcallProducerSilent',
    severity: 'page',
    expression: silence(ARRIVALS, 'namespace'),
    for: '15m',
    summary: 'Attempts to log in have all but stopped coming',
    description:
      'Less than a tenth comes into Kafka of what came at the same time a week ago, or yesterday: producers do not send, or nobody can log in. What has come is counted.',
    assumes: 'metrics that are kept for a day, better a week',
  },
  {
    name: 'RollcallPartitionSilent',
    severity: 'warning',
    expression: silence(PARTITION_ARRIVALS, 'namespace, partition'),
    for: '30m',
    summary: 'Nothing comes into partition {{ $labels.partition }} any more',
    description: 'The others go on: a producer cannot write there, or no longer chooses it.',
    assumes: 'metrics that are kept for a day, better a week',
  },
]

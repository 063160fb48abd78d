import { buckets, type Panel, PARTITION, perSecond, quantiles } from './board.ts'

const committed = perSecond('rollcall_batches_total', 'namespace', PARTITION)

/** What becomes of records. */
export const batchPanels: Panel[] = [
  {
    title: 'Commits in Postgres',
    as: 'heatmap',
    description: 'How long the transaction of a batch took: the darker, the more batches.',
    unit: 's',
    queries: [buckets('rollcall_batch_commit_duration_seconds')],
    width: 12,
  },
  {
    title: 'Steps of a batch',
    as: 'lines',
    description:
      'How long batches took to be decided, committed in Postgres and published to Kafka. Half are faster than the one, 99 of 100 than the other.',
    unit: 's',
    queries: [
      ...quantiles('rollcall_batch_decide_duration_seconds', 'decide'),
      ...quantiles('rollcall_batch_commit_duration_seconds', 'commit'),
      ...quantiles('rollcall_batch_publish_duration_seconds', 'publish'),
    ],
    width: 12,
  },
  {
    title: 'Offsets of a batch',
    as: 'lines',
    description: 'Sizes of batches: small while workers keep up, large while they catch up.',
    unit: 'short',
    queries: quantiles('rollcall_batch_offsets', 'offsets'),
    width: 8,
  },
  {
    title: 'Batches',
    as: 'lines',
    description: 'Batches that were committed each second, and those that were parked.',
    unit: 'cps',
    queries: [
      {
        expression: committed,
        legend: '{{namespace}} committed',
      },
      {
        expression: `${perSecond('rollcall_batches_parked_total', 'namespace', PARTITION)} or 0 * ${committed}`,
        legend: '{{namespace}} parked',
      },
    ],
    width: 8,
  },
  {
    title: 'Rejects by reason',
    as: 'stack',
    description:
      'Records that could not be read as attempts. They are kept, and not counted: a rise is mostly a deploy of a producer.',
    unit: 'cps',
    queries: [
      {
        expression: perSecond('rollcall_rejects_total', 'namespace, reason'),
        legend: '{{namespace}} {{reason}}',
      },
    ],
    alerts: ['RollcallRejectsMany', 'RollcallRejectFlood'],
    width: 8,
  },
]

import type { PartitionKey } from '../../db/ingest/checkpoint.ts'
import type { DecidedBatch } from '../../domain/batch/batch.ts'
import type { SpanOptions } from '../../tracing/span.ts'

/** The span of the Postgres transaction that counts a batch. */
export const commitSpan = (
  batchId: bigint,
  { topic, partition }: PartitionKey,
  { logins, rejected }: Pick<DecidedBatch, 'logins' | 'rejected'>,
): SpanOptions => ({
  kind: 'client',
  attributes: {
    'db.system.name': 'postgresql',
    'db.query.summary': 'commit batch',
    'rollcall.source.topic': topic,
    'rollcall.source.partition': partition,
    'rollcall.batch.id': String(batchId),
    'rollcall.batch.attempts': logins,
    'rollcall.batch.rejects': rejected.length,
  },
})

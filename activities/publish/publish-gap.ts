import type { PartitionKey } from '../../db/ingest/checkpoint.ts'
import { classingPostgres } from '../../db/connection/failure.ts'
import { readDecidedRejects, unpublishedBatches } from '../../db/ingest/unpublished.ts'
import { PipelineFailure } from '../../domain/pipeline/failure.ts'
import { outputsAsDecided } from '../decide/outputs-as-decided.ts'
import type { ClaimedPartition } from '../session/partition-session.ts'
import { publishOutputs } from './publish-outputs.ts'
import { readAgain } from './read-again.ts'

/**
 * Publishes what a crash between the two commits left committed in Postgres and missing in Kafka (G2). The
 * records are read again and decided as they were then; insights and rejects come from their tables.
 * @returns the first offset whose outputs are not known to be in Kafka
 * @throws {PipelineFailure} data_loss if the log no longer has what the ledger counted
 */
export async function publishGap({ session, position, publishedOffset }: ClaimedPartition): Promise<bigint> {
  const { sql, reader, checkpoint } = session
  const batches = await classingPostgres(() =>
    unpublishedBatches(sql, session, checkpoint.incarnation, publishedOffset),
  )
  let published = publishedOffset
  for (const batch of batches) {
    const rejects = await classingPostgres(() => readDecidedRejects(sql, batch.id))
    const records = await readAgain(reader, batch.from, batch.to)
    const again = await outputsAsDecided(session, records, { ...batch, rejects })
    if (again.logins !== batch.logins || again.rejects !== batch.rejects)
      throw changedRange(session, batch, again)
    published = await publishOutputs(session, again.outputs, batch.to)
  }
  // Parked batches at the end publish nothing, but the group offset moves past them.
  return published < position.next
    ? await publishOutputs(session, session.producer.collect(), position.next)
    : published
}

const changedRange = (
  key: PartitionKey,
  batch: { from: bigint; to: bigint; logins: number; rejects: number },
  now: { logins: number; rejects: number },
) =>
  new PipelineFailure(
    'data_loss',
    'kafka',
    `offsets ${batch.from} to ${batch.to - 1n} of ${key.topic}/${key.partition} were counted as ${batch.logins} logins and ` +
      `${batch.rejects} rejects, but read again they are ${now.logins} and ${now.rejects}: ` +
      `their outputs cannot be published`,
  )

import type { PartitionKey } from '../../db/ingest/checkpoint.ts'
import { classingPostgres } from '../../db/connection/failure.ts'
import { findCommanded, withholdOutputs } from '../../db/ingest/park-batch.ts'
import { PipelineFailure, UndecodableFailure } from '../../domain/pipeline/failure.ts'
import { logWithheld } from '../batch-log.ts'
import { IDLE } from '../session/kafka-options.ts'
import { openPartitionSession, type ClaimedPartition } from '../session/partition-session.ts'
import type { WorkerDeps } from '../session/worker-deps.ts'
import { startMissingBatchWorkflows } from './batch-workflows.ts'
import { writeParked } from './park-range.ts'
import type { Offsets } from './committed-part.ts'

/** What an operator's command parked or withheld, in words; or why it did neither. */
export type ParkingAnswer =
  { ok: true; nextOffset: string; description: string } | { ok: false; refusal: string }

export type ParkRequest = PartitionKey & { commandId: string; actor: string; reason: string }

/**
 * Carries out an operator's command to move a partition past what stops it. If counted batches cannot be
 * published, their outputs are withheld until a replay publishes them, and their counts stay. Otherwise the
 * batch in hand is parked. Safe to retry: the ledger's row has the command's id.
 * @throws {PipelineFailure} transient, fenced or defect
 */
export async function parkInHand(deps: WorkerDeps, request: ParkRequest): Promise<ParkingAnswer> {
  const { partition, commandId } = request
  const claimed = await openPartitionSession(deps, request)
  const { session, position, publishedOffset } = claimed
  try {
    const commanded = await classingPostgres(() => findCommanded(session.sql, session, commandId))
    const isGap = publishedOffset < position.next
    if (isGap && (commanded === null || commanded.isWithheld)) return await withhold(claimed, request)
    if (commanded !== null) return parked(commanded, position.next)
    const range = await inHand(claimed)
    if (range === null) return { ok: false, refusal: `partition ${partition} has nothing in hand: resume it` }
    return await park(claimed, range, request)
  } finally {
    await session.close()
  }
}

/** The range that the next batch would be; null if everything is read. */
async function inHand({ session: { reader }, position }: ClaimedPartition): Promise<Offsets | null> {
  try {
    const range = await reader.read(position.next, IDLE)
    return range.to > range.from ? range : null
  } catch (error) {
    if (!(error instanceof UndecodableFailure)) throw error
    return { from: error.from, to: error.to, endOffset: (await reader.bounds()).end }
  }
}

async function withhold(
  { session, position, publishedOffset }: ClaimedPartition,
  request: ParkRequest,
): Promise<ParkingAnswer> {
  const { deps, sql, checkpoint, producer } = session
  const range = { from: publishedOffset, to: position.next }
  const why = { commandId: request.commandId, error: `its outputs are withheld: ${wordsOf(request)}` }
  await classingPostgres(() => withholdOutputs(sql, session, checkpoint, range, why))
  logWithheld({ ...request, ...range }, wordsOf(request))
  // Publishes nothing, but moves the group offset past the withheld outputs.
  await producer.publish(producer.collect(), range.to)
  await startMissingBatchWorkflows(deps, sql, session)
  return {
    ok: true,
    nextOffset: String(range.to),
    description: `outputs of offsets ${range.from} to ${range.to - 1n} are withheld; they stay counted`,
  }
}

async function park(
  { session, position, publishedOffset }: ClaimedPartition,
  range: Offsets,
  request: ParkRequest,
): Promise<ParkingAnswer> {
  const { deps, sql, producer } = session
  const { floodGuard } = position
  const why = { error: wordsOf(request), floodGuard, publishedOffset, commandId: request.commandId }
  const { next } = (await writeParked(session, position, range, why)).position
  await producer.publish(producer.collect(), range.to)
  await startMissingBatchWorkflows(deps, sql, session)
  return parked(range, next)
}

const parked = ({ from, to }: Pick<Offsets, 'from' | 'to'>, next: bigint): ParkingAnswer => ({
  ok: true,
  nextOffset: String(to > next ? to : next),
  description: `offsets ${from} to ${to - 1n} are parked`,
})

const wordsOf = ({ actor, reason }: ParkRequest): string =>
  `set aside by ${actor}${reason === '' ? '' : `: ${reason}`}`

/**
 * Returns why a command cannot be carried out, for the operator. Throws failures that pass by themselves,
 * which are retried.
 */
export function parkingRefusal(error: unknown): ParkingAnswer {
  if (!(error instanceof PipelineFailure)) throw error
  if (error.failureClass === 'data_loss' || error.failureClass === 'permanent')
    return { ok: false, refusal: error.message }
  throw error
}

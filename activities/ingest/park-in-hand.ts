import type { PartitionKey } from '../../db/ingest/checkpoint.ts'
import { classingPostgres } from '../../db/connection/failure.ts'
import { findCommanded, withholdOutputs } from '../../db/ingest/park-batch.ts'
import { PipelineFailure, UndecodableFailure } from '../../domain/pipeline/failure.ts'
import { logWithheld } from '../batch-log.ts'
import { IDLE } from '../session/kafka-options.ts'
import { openPartitionSession, type ClaimedPartition } from '../session/partition-session.ts'
import type { WorkerDeps } from '../session/worker-deps.ts'
import { handOverLeftovers } from './hand-over.ts'
import { writeParked } from './park-range.ts'
import type { Offsets } from './settled.ts'

/** What an operator's command set aside, in words; or why it set nothing aside. */
export type ParkingAnswer =
  { ok: true; nextOffset: string; description: string } | { ok: false; refusal: string }

export type ParkRequest = PartitionKey & { commandId: string; actor: string; reason: string }

/**
 * Sets aside what a partition cannot get over, because an operator says so. What is counted and not published keeps its counts,
 * and its outputs are withheld until a replay publishes them; else the batch in hand is parked. Safe to retry: the ledger's
 * row carries the command.
 * @throws {PipelineFailure} transient, fenced or defect
 */
export async function parkInHand(deps: WorkerDeps, request: ParkRequest): Promise<ParkingAnswer> {
  const { partition, commandId } = request
  const claimed = await openPartitionSession(deps, request)
  const { session, standing, publishedOffset } = claimed
  try {
    const commanded = await classingPostgres(() => findCommanded(session.sql, session, commandId))
    const isGap = publishedOffset < standing.next
    if (isGap && (commanded === null || commanded.isWithheld)) return await withhold(claimed, request)
    if (commanded !== null) return parked(commanded, standing.next)
    const range = await inHand(claimed)
    if (range === null) return { ok: false, refusal: `partition ${partition} has nothing in hand: resume it` }
    return await park(claimed, range, request)
  } finally {
    await session.close()
  }
}

/** The range that the next batch would be; null when everything is read. */
async function inHand({ session: { reader }, standing }: ClaimedPartition): Promise<Offsets | null> {
  try {
    const range = await reader.read(standing.next, IDLE)
    return range.to > range.from ? range : null
  } catch (error) {
    if (!(error instanceof UndecodableFailure)) throw error
    return { from: error.from, to: error.to, endOffset: (await reader.bounds()).end }
  }
}

async function withhold(
  { session, standing, publishedOffset }: ClaimedPartition,
  request: ParkRequest,
): Promise<ParkingAnswer> {
  const { deps, sql, checkpoint, producer } = session
  const range = { from: publishedOffset, to: standing.next }
  const why = { commandId: request.commandId, error: `its outputs are withheld: ${wordsOf(request)}` }
  await classingPostgres(() => withholdOutputs(sql, session, checkpoint, range, why))
  logWithheld({ ...request, ...range }, wordsOf(request))
  // Nothing of them is published; the group offset passes over them.
  await producer.publish(producer.collect(), range.to)
  await handOverLeftovers(deps, sql, session)
  return {
    ok: true,
    nextOffset: String(range.to),
    description: `outputs of offsets ${range.from} to ${range.to - 1n} are withheld; they stay counted`,
  }
}

async function park(
  { session, standing, publishedOffset }: ClaimedPartition,
  range: Offsets,
  request: ParkRequest,
): Promise<ParkingAnswer> {
  const { deps, sql, producer } = session
  const { floodGuard } = standing
  const why = { error: wordsOf(request), floodGuard, publishedOffset, commandId: request.commandId }
  const { next } = (await writeParked(session, standing, range, why)).standing
  await producer.publish(producer.collect(), range.to)
  await handOverLeftovers(deps, sql, session)
  return parked(range, next)
}

const parked = ({ from, to }: Pick<Offsets, 'from' | 'to'>, next: bigint): ParkingAnswer => ({
  ok: true,
  nextOffset: String(to > next ? to : next),
  description: `offsets ${from} to ${to - 1n} are parked`,
})

const wordsOf = ({ actor, reason }: ParkRequest): string =>
  `set aside by ${actor}${reason === '' ? '' : `: ${reason}`}`

/** Why a command could not be carried out, for the operator; what passes by itself is thrown. */
export function parkingRefusal(error: unknown): ParkingAnswer {
  if (!(error instanceof PipelineFailure)) throw error
  if (error.failureClass === 'data_loss' || error.failureClass === 'permanent')
    return { ok: false, refusal: error.message }
  throw error
}

import type { PartitionKey } from '../../db/ingest/checkpoint.ts'
import { classingPostgres } from '../../db/connection/failure.ts'
import { findCommanded, withholdOutputs } from '../../db/ingest/park-batch.ts'
import { PipelineFailure, UndecodableFailure } from '../../domain/pipeline/failure.ts'
import { logWithheld } from './batch-log.ts'
import { handOverLeftovers } from './hand-over.ts'
import { IDLE } from '../publish/publish.ts'
import { writeParked } from './commit-or-park.ts'
import { openSlice, type Slice, type SliceDeps } from './slice.ts'

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
export async function parkInHand(deps: SliceDeps, request: ParkRequest): Promise<ParkingAnswer> {
  const { topic, partition, commandId } = request
  const slice = await openSlice(deps, { topic, partition }, false)
  try {
    const commanded = await classingPostgres(() => findCommanded(slice.sql, slice, commandId))
    const isGap = slice.publishedOffset < slice.standing.next
    if (isGap && (commanded === null || commanded.isWithheld)) return await withhold(slice, request)
    if (commanded !== null) return parked(slice, commanded)
    const range = await inHand(slice)
    if (range === null) return { ok: false, refusal: `partition ${partition} has nothing in hand: resume it` }
    return await park(slice, range, request)
  } finally {
    await slice.close()
  }
}

type Range = { from: bigint; to: bigint }

/** The range that the next batch would be; null when everything is read. */
async function inHand({
  reader,
  standing: { next },
}: Slice): Promise<(Range & { endOffset: bigint }) | null> {
  try {
    const range = await reader.read(next, IDLE)
    return range.to > range.from ? range : null
  } catch (error) {
    if (!(error instanceof UndecodableFailure)) throw error
    return { from: error.from, to: error.to, endOffset: (await reader.bounds()).end }
  }
}

async function withhold(slice: Slice, request: ParkRequest): Promise<ParkingAnswer> {
  const range = { from: slice.publishedOffset, to: slice.standing.next }
  const why = { commandId: request.commandId, error: `its outputs are withheld: ${wordsOf(request)}` }
  await classingPostgres(() => withholdOutputs(slice.sql, slice, slice.checkpoint, range, why))
  logWithheld({ ...request, ...range }, wordsOf(request))
  // Nothing of them is published; the group offset passes over them.
  await slice.producer.publish(slice.producer.collect(), range.to)
  await handOverLeftovers(slice.deps, slice.sql, slice)
  return {
    ok: true,
    nextOffset: String(range.to),
    description: `outputs of offsets ${range.from} to ${range.to - 1n} are withheld; they stay counted`,
  }
}

async function park(
  slice: Slice,
  range: Range & { endOffset: bigint },
  request: ParkRequest,
): Promise<ParkingAnswer> {
  const { floodGuard } = slice.standing
  const why = { error: wordsOf(request), floodGuard, commandId: request.commandId }
  await writeParked(slice, range, why)
  await slice.producer.publish(slice.producer.collect(), range.to)
  await handOverLeftovers(slice.deps, slice.sql, slice)
  return parked(slice, range)
}

const parked = (slice: Slice, { from, to }: Range): ParkingAnswer => ({
  ok: true,
  nextOffset: String(to > slice.standing.next ? to : slice.standing.next),
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

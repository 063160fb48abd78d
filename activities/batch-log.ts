import { Context } from '@temporalio/activity'
import type { DecidedBatch } from '../domain/batch/batch.ts'
import { offsetsOf, type ParkedBatch } from '../domain/batch/parked-batch.ts'

type Place = Pick<ParkedBatch, 'topic' | 'partition'> & { from: bigint; to: bigint }

/** Logs, at level debug alone, that a batch is counted. */
export function logCounted(
  { range, logins, rejected }: DecidedBatch,
  batchId: bigint,
  durationMs: number,
): void {
  Context.current().log.debug(`${placeOf(range)}: counted as batch ${batchId}`, {
    ...fieldsOf(range, batchId),
    ...{ logins, rejects: rejected.length, duration: Math.round(durationMs * 1e6) },
  })
}

/** Logs that a range is parked, and the command that counts it. */
export function logParked(place: Place, batchId: bigint, error: string): void {
  Context.current().log.error(
    `${placeOf(place)}: parked as batch ${batchId}, not counted. Fix the cause, then send replayBatch(id: "${batchId}")`,
    { ...fieldsOf(place, batchId), error },
  )
}

/** Logs that the outputs of a range are withheld, and the command that publishes them. */
export function logWithheld(place: Place, why: string): void {
  Context.current().log.error(
    `${placeOf(place)}: counted, outputs withheld. Fix the cause, then send replayBatch for each batch that the query batches shows with withheldAt`,
    { ...fieldsOf(place), error: why },
  )
}

/** Logs what became of a parked batch. */
export function logSettled(place: Place, batchId: bigint, outcome: string): void {
  Context.current().log.info(`${placeOf(place)}: batch ${batchId} ${outcome}`, fieldsOf(place, batchId))
}

const fieldsOf = ({ topic, partition, from, to }: Place, batchId: bigint | null = null) => ({
  ...{ topic, partition, from: String(from), to: String(to) },
  ...(batchId === null ? {} : { batchId: String(batchId) }),
})

const placeOf = ({ topic, partition, from, to }: Place): string =>
  `${topic}/${partition} ${offsetsOf({ from: String(from), to: String(to) })}`

import { Context } from '@temporalio/activity'
import { offsetsOf, type ParkedBatch } from '../domain/batch/parked-batch.ts'

type Place = Pick<ParkedBatch, 'topic' | 'partition'> & { from: bigint; to: bigint }

// These lines go to the log of the activity, which adds the id of the workflow.

/** Logs that a range is parked, and the command that counts it. */
export function logParked(place: Place, batchId: bigint, error: string): void {
  Context.current().log.warn(
    `${placeOf(place)}: parked as batch ${batchId}, not counted. Fix the cause, then send replayBatch(id: "${batchId}")`,
    { error },
  )
}

/** Logs that the outputs of a range are withheld, and the command that publishes them. */
export function logWithheld(place: Place, why: string): void {
  Context.current().log.warn(
    `${placeOf(place)}: counted, outputs withheld. Fix the cause, then send replayBatch for each batch that the query batches shows with withheldAt`,
    { error: why },
  )
}

/** Logs what became of a parked batch. */
export function logSettled(place: Place, batchId: bigint, outcome: string): void {
  Context.current().log.info(`${placeOf(place)}: batch ${batchId} ${outcome}`)
}

const placeOf = ({ topic, partition, from, to }: Place): string =>
  `${topic}/${partition} ${offsetsOf({ from: String(from), to: String(to) })}`

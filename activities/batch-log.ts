import { Context } from '@temporalio/activity'
import { offsetsOf, type ParkedBatch } from '../domain/batch/parked-batch.ts'

type Place = Pick<ParkedBatch, 'topic' | 'partition'> & { from: bigint; to: bigint }

// The log of the activity, so that a line names the workflow that it belongs to.

/** Says once that a range is parked, and how it is counted after all. */
export function logParked(place: Place, batchId: bigint, error: string): void {
  Context.current().log.warn(
    `${placeOf(place)}: parked as batch ${batchId}, not counted. Once the cause is mended: replayBatch(id: "${batchId}")`,
    { error },
  )
}

/** Says once that outputs are withheld, and how they are published after all. */
export function logWithheld(place: Place, why: string): void {
  Context.current().log.warn(
    `${placeOf(place)}: counted, outputs withheld. Once the cause is mended: replayBatch, for each batch that batches lists with withheldAt`,
    { error: why },
  )
}

/** Says what became of a batch that waited. */
export function logSettled(place: Place, batchId: bigint, outcome: string): void {
  Context.current().log.info(`${placeOf(place)}: batch ${batchId} ${outcome}`)
}

const placeOf = ({ topic, partition, from, to }: Place): string =>
  `${topic}/${partition} ${offsetsOf({ from: String(from), to: String(to) })}`

import type { DecidedBatch } from '../../domain/batch/batch.ts'
import type { FetchedRange } from '../../kafka/read/take-range.ts'
import type { OutputCollector } from '../../kafka/write/collect-outputs.ts'
import type { Standing } from '../session/standing.ts'

/** Offsets `[from, to)`, and the end of the log when they were read. */
export type Offsets = Pick<FetchedRange, 'from' | 'to' | 'endOffset'>

/** A part of a range whose fate Postgres has: counted, or (batch null) parked and passed over. */
export type Settled = {
  /** Behind it. */
  standing: Standing
  batch: DecidedBatch | null
  /** To be published up to `standing.next`. */
  outputs: OutputCollector
}

import type { DecidedBatch } from '../../domain/batch/batch.ts'
import type { FetchedRange } from '../../kafka/read/take-range.ts'
import type { OutputCollector } from '../../kafka/write/collect-outputs.ts'
import type { IngestPosition } from '../session/ingest-position.ts'

/** The offsets `[from, to)`, and the end of the log when they were read. */
export type Offsets = Pick<FetchedRange, 'from' | 'to' | 'endOffset'>

/** A part of a range that Postgres has committed: counted, or parked. */
export type CommittedPart = {
  /** The position behind this part. */
  position: IngestPosition
  /** Null if the part is parked. */
  batch: DecidedBatch | null
  /** To be published up to `position.next`. */
  outputs: OutputCollector
}

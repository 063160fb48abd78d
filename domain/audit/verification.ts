import type { ChainPlace, PublishedHead } from './audit-head.ts'
import type { ChainBreak } from './explain-break.ts'

/** What a check of the chain found. */
export type AuditVerification = {
  /** Number of the first event that was looked at; with `count`, how many. */
  from: number
  count: number
  /** The last event that follows. */
  last: ChainPlace
  /** Whether the check got to the end of the chain, or to its break. */
  isComplete: boolean
  /** The chain begins after this checkpoint, because the events before are pruned; null: at its very beginning. */
  checkpoint: { seq: number; at: string; isSigned: boolean } | null
  /** The last published head that the chain was compared with; null: there is none, or the check did not get there. */
  head: PublishedHead | null
  /** Whether the heads that were compared are signed by a known key. */
  areHeadsSigned: boolean
  /** Messages of the topic of heads that do not count, because no known key signed them. */
  ignoredHeads: number
  /** Where it breaks first; null: it is whole, as far as it was looked at. */
  break: ChainBreak | null
}

import type { ChainPlace, PublishedHead } from './audit-head.ts'
import { type ChainBreak, sayBreak } from './explain-break.ts'

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

/** A verification in lines of words. */
export function sayVerification(found: AuditVerification): string[] {
  const { from, count, last, checkpoint, head, areHeadsSigned, ignoredHeads } = found
  const events = count === 0 ? 'no events' : `events ${from} to ${last.seq}`
  const verdict =
    found.break === null ? `whole: ${events} follow each other` : `BROKEN: ${sayBreak(found.break)}`
  return [
    `the audit is ${verdict}`,
    ...(checkpoint === null
      ? []
      : [
          `begins after event ${checkpoint.seq}: those up to it were pruned on ${checkpoint.at} (${signedOrNot(checkpoint.isSigned)})`,
        ]),
    head === null
      ? 'compared with no published head: whoever may change the database could have made all of it anew'
      : `compared with head ${head.seq} of ${head.at} (${signedOrNot(areHeadsSigned)})`,
    ...(ignoredHeads === 0
      ? []
      : [`${ignoredHeads} messages on the topic of heads are signed by no known key`]),
  ]
}

const signedOrNot = (isSigned: boolean) => (isSigned ? 'signed' : 'not signed')

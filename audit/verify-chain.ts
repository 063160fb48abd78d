import { createHash } from 'node:crypto'
import type { Sql, Transaction } from '../db/connection/connect.ts'
import { readChain, readChainEnd, readCheckpoint } from '../db/ledger/audit-chain.ts'
import type { ChainPlace, PublishedHead } from '../domain/audit/audit-head.ts'
import { compareHeads } from '../domain/audit/compare-heads.ts'
import {
  type ChainBreak,
  explainBreak,
  FIRST_HASH,
  follows,
  isListedRight,
  type HashText,
} from '../domain/audit/explain-break.ts'
import type { AuditVerification } from '../domain/audit/verification.ts'
import type { HeadKeys } from './keys.ts'
import type { HeadsRead } from './read-heads.ts'

export type Verify = {
  heads: HeadsRead
  keys: HeadKeys
  /** Begin after the event with this number, whose hash is believed. 0: where the chain begins. */
  after: number
  /** How many events are looked at. */
  limit: number
}

/** About 5 MB of events of the usual size are held at a time. */
const PAGE_ROWS = 5_000
/** How far events are searched from where a head says that they were. */
const MOVED_AT_MOST = 1_000

export const hashText: HashText = (text) => createHash('sha256').update(text).digest('hex')

/**
 * Checks the chain, page by page: each event follows the one before, the last one is where the chain ends, and the
 * heads are in it. `heads` must be read before the snapshot of `tx`, in which a chain may be longer than its heads
 * say and never shorter.
 */
export async function verifyChain(tx: Transaction, options: Verify): Promise<AuditVerification> {
  const { heads, keys, after, limit } = options
  const begin = await findBegin(tx, keys, after)
  const walked = begin.break === null ? await walk(tx, begin.place, options) : null
  const last = walked?.last ?? begin.place
  const broken =
    begin.break ?? walked?.broken ?? (walked === null ? null : await compareEnd(tx, walked, heads.heads))
  const isComplete = broken !== null || walked?.isEnd === true
  return {
    from: begin.place.seq + 1,
    count: last.seq - begin.place.seq,
    last,
    isComplete,
    checkpoint: begin.checkpoint,
    head: isComplete || after + limit > (heads.heads.at(-1)?.seq ?? 0) ? (heads.heads.at(-1) ?? null) : null,
    areHeadsSigned: heads.areSigned,
    ignoredHeads: heads.ignored,
    break: broken,
  }
}

/** Checks all of the chain, in one snapshot. */
export const verifyAll = (
  sql: Sql,
  heads: HeadsRead,
  keys: HeadKeys,
  after = 0,
): Promise<AuditVerification> =>
  sql.begin('isolation level repeatable read read only', (tx) =>
    verifyChain(tx, { heads, keys, after, limit: Number.MAX_SAFE_INTEGER }),
  )

type Begin = { place: ChainPlace; checkpoint: AuditVerification['checkpoint']; break: ChainBreak | null }

/** Where the check begins: after what is pruned, or after what is believed. */
async function findBegin(tx: Transaction, keys: HeadKeys, after: number): Promise<Begin> {
  const [first] = await readChain(tx, 0, 1)
  if (after > 0 && first !== undefined && first.seq <= after) {
    const [believed] = await readChain(tx, after - 1, 1)
    const place = { seq: after, hash: believed?.seq === after ? believed.hash : FIRST_HASH }
    return { place, checkpoint: null, break: believed?.seq === after ? null : { seq: after, how: 'removed' } }
  }
  const place = { seq: 0, hash: FIRST_HASH }
  if (first === undefined || first.seq === 1) return { place, checkpoint: null, break: null }
  const event = await readCheckpoint(tx, first.seq - 1)
  // Nothing but a signed checkpoint, where there are keys, says that events may be gone.
  const head = event === null ? null : { ...event.detail, at: event.at }
  const isSigned = head !== null && keys.isSigned(head, 'checkpoint')
  if (head === null || (keys.keyIds.length > 0 && !isSigned))
    return { place, checkpoint: null, break: { seq: 1, how: 'removed' } }
  const { seq, hash, at } = head
  return { place: { seq, hash }, checkpoint: { seq, at, isSigned }, break: null }
}

type Walked = {
  last: ChainPlace
  broken: ChainBreak | null
  /** Whether there is no event after `last`. */
  isEnd: boolean
  first: number
  /** Hashes of the events that heads name. */
  hashes: Map<number, string>
}

async function walk(tx: Transaction, begin: ChainPlace, options: Verify): Promise<Walked> {
  const named = new Set(options.heads.heads.map(({ seq }) => seq))
  const walked: Walked = { last: begin, broken: null, isEnd: false, first: begin.seq + 1, hashes: new Map() }
  let beforeLast: ChainPlace | null = null
  const lastSeq = Math.min(begin.seq + options.limit, Number.MAX_SAFE_INTEGER)
  while (walked.last.seq < lastSeq) {
    const limit = Math.min(PAGE_ROWS, lastSeq - walked.last.seq)
    const rows = await readChain(tx, walked.last.seq, limit)
    for (const row of rows) {
      if (!follows(row, walked.last, hashText)) {
        const [next = null] = await readChain(tx, row.seq, 1)
        const moved = await findMoved(tx, options.heads.heads, row.seq)
        walked.broken = explainBreak({ beforeLast, last: walked.last, row, next, moved }, hashText)
        return walked
      }
      if (!isListedRight(row)) {
        walked.broken = { seq: row.seq, how: 'mislabelled' }
        return walked
      }
      if (named.has(row.seq)) walked.hashes.set(row.seq, row.hash)
      beforeLast = walked.last
      walked.last = { seq: row.seq, hash: row.hash }
    }
    if (rows.length < limit) {
      walked.isEnd = true
      return walked
    }
  }
  walked.isEnd = (await readChain(tx, walked.last.seq, 1)).length === 0
  return walked
}

/** By how much events have moved from where the first head after a break says that they were. Null: unknown. */
async function findMoved(
  tx: Transaction,
  heads: readonly PublishedHead[],
  seq: number,
): Promise<number | null> {
  const head = heads.find((one) => one.seq > seq) ?? (await readChainEnd(tx))
  const near = await readChain(tx, Math.max(0, head.seq - MOVED_AT_MOST - 1), 2 * MOVED_AT_MOST + 1)
  const found = near.find(({ hash }) => hash === head.hash)
  return found === undefined ? null : found.seq - head.seq
}

/** What is wrong with events that follow each other: they are not those that were published, or not all. */
async function compareEnd(
  tx: Transaction,
  { last, first, isEnd, hashes }: Walked,
  heads: readonly PublishedHead[],
): Promise<ChainBreak | null> {
  const hashAt = (seq: number) => hashes.get(seq) ?? null
  if (!isEnd)
    return compareHeads(
      heads.filter(({ seq }) => seq <= last.seq),
      first,
      last,
      hashAt,
    )
  const end = await readChainEnd(tx)
  if (end.seq > last.seq) return { seq: last.seq + 1, how: 'cut_off' }
  if (end.seq < last.seq) return { seq: end.seq + 1, how: 'inserted' }
  return (
    compareHeads(heads, first, last, hashAt) ??
    (end.hash === last.hash ? null : { seq: last.seq, how: 'changed' })
  )
}

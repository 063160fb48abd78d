import { isJsonObject, parsedJson } from '../login/json-value.ts'
import type { ChainPlace } from './audit-head.ts'

/** An event as the chain holds it. */
export type ChainRow = ChainPlace & {
  body: string
  /** By what it is listed, beside the body: id, kind and time, in Unix milliseconds. */
  listed: { id: string; kind: string; atMs: number }
}

/**
 * How the chain breaks. `changed`: it, or the one before it, which was hashed anew. `unlinked`: the event does not follow the one before, and nothing tells whether that was changed and
 * hashed anew or others between them were removed. `cut_off`: the last events are gone. `rebuilt`: all hashes fit, but not to
 * what was published. `mislabelled`: the event is as it was, and is listed under another id, kind or time.
 */
export const breakKinds = [
  'changed',
  'removed',
  'swapped',
  'inserted',
  'unlinked',
  'cut_off',
  'rebuilt',
  'mislabelled',
] as const
export type BreakKind = (typeof breakKinds)[number]

/** @property seq number of the first event that is concerned */
export type ChainBreak = { seq: number; how: BreakKind }

/** SHA-256 of a text in UTF-8, in hex. */
export type HashText = (text: string) => string

/** Whether an event is found by what it says itself: columns beside it might say otherwise, and no hash covers them. */
export function isListedRight({ body, listed }: Pick<ChainRow, 'body' | 'listed'>): boolean {
  const said = parsedJson(body)
  if (!isJsonObject(said)) return false
  const { id, kind, at } = said
  const isOther = (value: unknown, column: string) => typeof value === 'string' && value !== column
  if (isOther(id, listed.id) || isOther(kind, listed.kind)) return false
  // Postgres reads other forms, too, and as it is set.
  return typeof at !== 'string' || !MOMENT.test(at) || Math.abs(Date.parse(at) - listed.atMs) < 1
}

/** As Rollcall writes moments. */
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/

export const FIRST_HASH = '0'.repeat(64)

/** Whether an event follows a place in the chain. */
export const follows = (row: ChainRow, { seq, hash }: ChainPlace, hashText: HashText): boolean =>
  row.seq === seq + 1 && row.hash === hashText(hash + row.body)

/** What is known at the first event that does not follow. */
export type Surroundings = {
  /** The place before the last event that follows. Null: unknown. */
  beforeLast: ChainPlace | null
  /** The last event that follows, or where the chain begins. */
  last: ChainPlace
  /** The event that does not follow. */
  row: ChainRow
  /** The one after it. Null: there is none. */
  next: ChainRow | null
  /** By how much later events have moved from where a head says that they were. Null: unknown. */
  moved: number | null
}

/** Says how the chain breaks at an event that does not follow. */
export function explainBreak(at: Surroundings, hashText: HashText): ChainBreak {
  const { beforeLast, last, row, next, moved } = at
  if (row.seq !== last.seq + 1) return { seq: last.seq + 1, how: 'removed' }
  const continues = (place: { hash: string }, event: ChainRow) =>
    event.hash === hashText(place.hash + event.body)
  const { seq } = row
  if (next !== null) {
    if (continues(last, next)) return { seq, how: continues(next, row) ? 'swapped' : 'inserted' }
    const bodiesFit =
      row.hash === hashText(last.hash + next.body) && next.hash === hashText(row.hash + row.body)
    if (bodiesFit) return { seq, how: 'swapped' }
  }
  if (beforeLast !== null && continues(beforeLast, row)) return { seq: last.seq, how: 'inserted' }
  if (moved !== null && moved !== 0) return { seq, how: moved < 0 ? 'removed' : 'inserted' }
  // Its hash is the one that it always had, if the next event relies on it, or the end of the chain.
  const hasItsHash = next === null ? moved === 0 : continues(row, next)
  return { seq, how: hasItsHash ? 'changed' : 'unlinked' }
}

const words: Record<BreakKind, string> = {
  changed: 'does not fit its hash: it was changed, or the one before it was, and hashed anew',
  removed: 'is missing: events were removed',
  swapped: 'was swapped with the next one',
  inserted: 'was inserted',
  unlinked: 'does not follow the one before: that was changed, or events between them were removed',
  cut_off: 'is missing, and all after it: the end was cut off',
  mislabelled: 'is as it was, and is listed under another id, kind or time',
  rebuilt: 'is the first of those whose hashes are not those that were published: the chain was made anew',
}

/** A break in words. */
export const sayBreak = ({ seq, how }: ChainBreak): string => `event ${seq} ${words[how]}`

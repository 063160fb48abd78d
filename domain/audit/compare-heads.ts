import type { ChainPlace, PublishedHead } from './audit-head.ts'
import type { ChainBreak } from './explain-break.ts'

/**
 * Where a chain whose hashes fit differs from what was published of it; null: nowhere. Events before the first are pruned.
 * @param heads by number; the last one stands for all before it
 * @param hashAt the hash of the event with a number
 */
export function compareHeads(
  heads: readonly PublishedHead[],
  first: number,
  last: ChainPlace,
  hashAt: (seq: number) => string | null,
): ChainBreak | null {
  const kept = heads.filter(({ seq }) => seq >= first)
  const wrong = kept.findIndex(({ seq, hash }) => seq <= last.seq && hashAt(seq) !== hash)
  if (wrong !== -1) return { seq: (kept[wrong - 1]?.seq ?? first - 1) + 1, how: 'rebuilt' }
  return (kept.at(-1)?.seq ?? 0) > last.seq ? { seq: last.seq + 1, how: 'cut_off' } : null
}

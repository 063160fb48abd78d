import type { Sql } from '../db/connection/connect.ts'
import { readChain } from '../db/ledger/audit-chain.ts'
import type { ChainPlace } from '../domain/audit/audit-head.ts'
import type { AuditVerification } from '../domain/audit/verification.ts'
import type { HeadKeys } from './keys.ts'
import type { HeadsRead } from './read-heads.ts'
import { verifyChain } from './verify-chain.ts'

/** Events of one check: some ten seconds, so that a chain of any length is checked in as many parts as it has millions. */
export const PART_EVENTS = 1_000_000

export type PartChecked = {
  found: AuditVerification
  /** Where the next check goes on; null: at the beginning, because this one came to the end or found a break. */
  next: ChainPlace | null
}

/**
 * Checks the next part of the chain, and what is after the last head. Check after check comes to the end, and begins anew.
 * @param from where the check before ended, as it found it; null: the chain is checked from its beginning
 */
export const checkPart = (
  sql: Sql,
  heads: HeadsRead,
  keys: HeadKeys,
  from: ChainPlace | null,
  limit = PART_EVENTS,
): Promise<PartChecked> =>
  sql.begin('isolation level repeatable read read only', async (tx) => {
    const [first] = from === null ? [] : await readChain(tx, 0, 1)
    const [row] = from === null ? [] : await readChain(tx, from.seq - 1, 1)
    // What was pruned since is not looked at again.
    const place = from === null || (first?.seq ?? 0) > from.seq ? null : from
    const found = await verifyChain(tx, { heads, keys, after: place?.seq ?? 0, limit })
    if (place !== null && found.break === null && row?.hash !== place.hash)
      return { found: { ...found, break: { seq: place.seq, how: 'changed' } }, next: null }
    if (found.break !== null || found.isComplete) return { found, next: null }
    const last = heads.heads.at(-1)?.seq ?? found.last.seq
    const end = await verifyChain(tx, {
      ...{ heads, keys, limit: Number.MAX_SAFE_INTEGER },
      after: Math.max(found.last.seq, last - 1),
    })
    return end.break === null
      ? { found, next: found.last }
      : { found: { ...found, break: end.break }, next: null }
  })

import { lastOlderThan, pruneChain, readChain, readKeptDays } from '../db/ledger/audit-chain.ts'
import type { ChainBreak } from '../domain/audit/explain-break.ts'
import { readHeadKeys, readSigner } from './keys.ts'
import type { AuditDeps } from './publish-head.ts'
import { readHeads } from './read-heads.ts'
import { PART_EVENTS } from './check-part.ts'
import { verifyChain } from './verify-chain.ts'

/** @property refusal why nothing was pruned; null: nothing was in the way */
export type Pruned = { events: number; refusal: string | null; break: ChainBreak | null }

const DAY_MS = 86_400_000

/**
 * Removes events that are past retention, a million at most, and leaves a checkpoint, signed if there is a key, from which the rest
 * is verified. It checks them before that: what somebody tampered with stays. Of what the setting and the administrator say, the longer
 * time counts.
 * @throws {PipelineFailure | SecretError}
 */
export async function pruneAudit(deps: AuditDeps): Promise<Pruned> {
  const { sql, config, clock } = deps
  if (config.retentionDays === 0) return nothing
  const kept = await readKeptDays(sql)
  if (kept === 0) return { ...nothing, refusal: KEPT_FOR_EVER }
  const now = clock()
  const days = Math.max(config.retentionDays, kept ?? 0)
  const past = await lastOlderThan(sql, days * DAY_MS, new Date(now))
  const [first] = await readChain(sql, 0, 1)
  if (first === undefined || first.seq > past) return nothing
  const seq = Math.min(past, first.seq + PART_EVENTS - 1)
  const signer = readSigner(config)
  const keys = await readHeadKeys(config)
  if (signer === null && keys.keyIds.length > 0)
    return { ...nothing, refusal: 'AUDIT_SIGNING_KEY is not set, and an unsigned checkpoint would not count' }
  const heads = await readHeads(deps.heads, keys)
  const { break: broken } = await sql.begin('isolation level repeatable read read only', (tx) =>
    verifyChain(tx, { heads, keys, after: 0, limit: seq - first.seq + 1 }),
  )
  if (broken !== null) return { ...nothing, refusal: 'the chain is broken', break: broken }
  const [last] = await readChain(sql, seq - 1, 1)
  if (last === undefined) return nothing
  const place = { seq, hash: last.hash, at: new Date(now).toISOString() }
  const { keyId, signature } = signer?.sign(place, 'checkpoint') ?? { keyId: null, signature: null }
  const events = await pruneChain(sql, {
    id: `checkpoint/${seq}`,
    kind: 'checkpoint',
    at: place.at,
    actor: null,
    result: 'done',
    detail: { seq, hash: last.hash, events: seq - first.seq + 1, keyId, signature },
  })
  return { events, refusal: null, break: null }
}

const nothing: Pruned = { events: 0, refusal: null, break: null }
const KEPT_FOR_EVER =
  'workers may not prune it until an administrator has run npm run migrate -- --bootstrap with AUDIT_RETENTION_DAYS'

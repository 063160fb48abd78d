import type { Config } from '../config/config.ts'
import type { Sql } from '../db/connection/connect.ts'
import { hasAuditEvent, readChainEnd } from '../db/ledger/audit-chain.ts'
import { recordAuditEvent } from '../db/ledger/audit-events.ts'
import type { AuditHead, PublishedHead } from '../domain/audit/audit-head.ts'
import { canonicalJson } from '../domain/audit/canonical-json.ts'
import type { ChainBreak } from '../domain/audit/explain-break.ts'
import { sendRecord } from '../kafka/write/send-record.ts'
import { readHeadKeys, readSigner, type Signer } from './keys.ts'
import { type HeadsTopic, readHeads } from './read-heads.ts'
import { verifyAll } from './verify-chain.ts'

export type AuditDeps = { sql: Sql; heads: HeadsTopic; config: Config['audit']; clock: () => number }

/** @property head what was published; null: nothing is new, or the chain is broken */
export type Published = { head: PublishedHead | null; break: ChainBreak | null }

/** Heads that are read back: so many others may be on the topic since the last one of ours. */
const READ_BACK = 1_000

/**
 * Publishes the end of the chain, signed if there is a key, unless it is published already. Before that it checks that
 * the chain still has the last head, and that all events since follow: what somebody tampered with is not signed.
 * @throws {PipelineFailure | SecretError}
 */
export async function publishHead({ sql, heads: topic, config, clock }: AuditDeps): Promise<Published> {
  const signer = readSigner(config)
  if (signer !== null) await recordKey(sql, signer, new Date(clock()))
  const keys = await readHeadKeys(config)
  const heads = await readHeads(topic, keys, READ_BACK)
  const last = heads.heads.at(-1) ?? null
  // An empty topic is a new beginning: what is wrong with the events before, only the check of all of them says.
  const from = heads.isEmpty ? (await readChainEnd(sql)).seq : (last?.seq ?? 0)
  const found = await verifyAll(sql, heads, keys, Math.max(0, from - 1))
  const { seq, hash } = found.last
  if (found.break !== null || seq === 0) return { head: null, break: found.break }
  if (last?.seq === seq && last.keyId === (signer?.keyId ?? null)) return { head: null, break: null }
  const place: AuditHead = { at: new Date(clock()).toISOString(), hash, seq }
  const head = signer?.sign(place, 'head') ?? { ...place, keyId: null, signature: null }
  await sendRecord(topic.kafka, topic.topic, canonicalJson(head))
  return { head, break: null }
}

/** The chain says from when on which key signs. */
async function recordKey(sql: Sql, { keyId, publicKey }: Signer, at: Date): Promise<void> {
  const id = `audit-key/${keyId}`
  if (await hasAuditEvent(sql, 'key_published', id)) return
  await recordAuditEvent(sql, {
    id,
    kind: 'key_published',
    at: at.toISOString(),
    actor: null,
    result: 'done',
    detail: { use: 'audit', keyId, publicKey },
  })
}

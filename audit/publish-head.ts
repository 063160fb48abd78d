import type { Config } from '../config/config.ts'
import type { Sql } from '../db/connection/connect.ts'
import { hasAuditEvent, readChainEnd } from '../db/ledger/audit-chain.ts'
import { recordAuditEvent } from '../db/ledger/audit-events.ts'
import type { AuditHead, ChainPlace, PublishedHead } from '../domain/audit/audit-head.ts'
import { canonicalJson } from '../domain/audit/canonical-json.ts'
import type { ChainBreak } from '../domain/audit/explain-break.ts'
import { sendRecord } from '../kafka/write/send-record.ts'
import { readHeadKeys, readSigner, type Signer } from './keys.ts'
import { type HeadsTopic, readHeads } from './read-heads.ts'
import { verifyAll } from './verify-chain.ts'

export type AuditDeps = { sql: Sql; heads: HeadsTopic; config: Config['audit']; clock: () => number }

/**
 * @property head what was published; null: nothing is new, or the chain is broken
 * @property place the end of the chain, of which there is a head now; null: the chain is empty or broken
 * @property isTopicNew nothing was on the topic, though a head was published on it before
 */
export type Published = {
  head: PublishedHead | null
  place: ChainPlace | null
  break: ChainBreak | null
  isTopicNew: boolean
}

/** Heads that are read back: so many others may be on the topic since the last one of ours. */
const READ_BACK = 1_000

/**
 * Publishes the end of the chain, signed if there is a key, unless it is published already. Before that it checks that
 * the chain still has the last head, and that all events since follow: what somebody tampered with is not signed.
 * @param known the last head as it is remembered elsewhere, should the topic have lost it; null: none is
 * @throws {PipelineFailure | SecretError}
 */
export async function publishHead(
  { sql, heads: topic, config, clock }: AuditDeps,
  known: ChainPlace | null = null,
): Promise<Published> {
  const signer = readSigner(config)
  if (signer !== null) await recordKey(sql, signer, new Date(clock()))
  const keys = await readHeadKeys(config)
  const read = await readHeads(topic, keys, READ_BACK)
  const last = read.heads.at(-1) ?? null
  const heads = known === null ? read : { ...read, heads: withKnown(read.heads, known) }
  const isTopicNew = read.isEmpty && known !== null
  // An empty topic is a new beginning: what is wrong with the events before, only the check of all of them says.
  const from = heads.heads.at(-1)?.seq ?? (heads.isEmpty ? (await readChainEnd(sql)).seq : 0)
  const found = await verifyAll(sql, heads, keys, Math.max(0, from - 1))
  const { seq, hash } = found.last
  if (found.break !== null || seq === 0) return { head: null, place: null, break: found.break, isTopicNew }
  if (last?.seq === seq && last.keyId === (signer?.keyId ?? null))
    return { head: null, place: found.last, break: null, isTopicNew }
  const place: AuditHead = { at: new Date(clock()).toISOString(), hash, seq }
  const head = signer?.sign(place, 'head') ?? { ...place, keyId: null, signature: null }
  await sendRecord(topic.kafka, topic.topic, canonicalJson(head))
  return { head, place: found.last, break: null, isTopicNew }
}

/** The heads of the topic, and the one that is remembered, which nobody who may write the topic can take away. */
const withKnown = (heads: readonly PublishedHead[], known: ChainPlace): PublishedHead[] =>
  [...heads, { ...known, at: '', keyId: null, signature: null }].sort((a, b) => a.seq - b.seq)

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

import { createHash, generateKeyPairSync, randomUUID } from 'node:crypto'
import { readSigner } from '../../../audit/keys.ts'
import type { Config } from '../../../config/config.ts'
import { Secret } from '../../../config/secret.ts'
import type { Sql, Transaction } from '../../../db/connection/connect.ts'
import { readChain } from '../../../db/ledger/audit-chain.ts'
import { recordAuditEvent } from '../../../db/ledger/audit-events.ts'
import type { PublishedHead } from '../../../domain/audit/audit-head.ts'

export async function appendEvents(sql: Sql, count: number): Promise<void> {
  for (let i = 0; i < count; i++)
    await recordAuditEvent(sql, {
      id: randomUUID(),
      kind: 'database_migrated',
      at: new Date().toISOString(),
      actor: null,
      result: 'done',
      detail: { applied: [], version: `1.0.${i}` },
    })
}

/** As the owner of the tables may, or a superuser: triggers do not hold them. */
export const tamper = (sql: Sql, statements: (tx: Transaction) => Promise<unknown>) =>
  sql.begin(async (tx) => {
    await tx`alter table audit_event disable trigger user`
    await statements(tx)
    await tx`alter table audit_event enable trigger user`
  })

/** Gives every event from a number on the hash that fits. */
export async function hashAnew(tx: Transaction, from: number): Promise<void> {
  const [before] = await readChain(tx, from - 2, 1)
  let hash = from === 1 ? '0'.repeat(64) : (before?.hash ?? '')
  let last = from - 1
  for (const { seq, body } of await readChain(tx, from - 1, 10_000)) {
    hash = createHash('sha256')
      .update(hash + body)
      .digest('hex')
    await tx`update audit_event set hash = ${hash} where seq = ${seq}`
    last = seq
  }
  await tx`update audit_head set seq = ${last}, hash = ${hash}`
}

/** Moves events from a number on, in an order in which no number is there twice. */
export async function renumber(tx: Transaction, from: number, by: number): Promise<void> {
  await tx`update audit_event set seq = -seq where seq >= ${from}`
  await tx`update audit_event set seq = -seq + ${by} where seq < 0`
}

export const newKey = () =>
  generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()

export const withKey = (key: string | null, retentionDays = 0): Config['audit'] => ({
  signingKey: key === null ? null : new Secret('AUDIT_SIGNING_KEY', { value: key }),
  publicKeys: null,
  checkEveryMinutes: 0,
  reads: false,
  retentionDays,
})

/** Signs the places where the chain is now at these events. */
export async function headsAt(sql: Sql, config: Config['audit'], places: readonly number[]) {
  const signer = readSigner(config)
  const heads: PublishedHead[] = []
  for (const place of places) {
    const [row] = await readChain(sql, place - 1, 1)
    const head = { seq: place, hash: row?.hash ?? '', at: '2026-03-01T10:00:00.000Z' }
    heads.push(signer?.sign(head, 'head') ?? { ...head, keyId: null, signature: null })
  }
  return heads
}

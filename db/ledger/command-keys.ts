import type { Sql } from '../connection/connect.ts'
import { recordAuditEvent } from './audit-events.ts'

/** Who signs with a key: the API its commands, a worker the replays of a run. */
export type KeyHolder = 'api' | 'worker'

export type CommandKey = {
  keyId: string
  holder: KeyHolder
  /** SubjectPublicKeyInfo in DER, base64. */
  publicKey: string
  /** What it signs later is refused. */
  validUntil: Date
}

/** Adds a public key, also to the audit. Safe to repeat. */
export async function publishCommandKey(sql: Sql, key: CommandKey & { madeAt: Date }): Promise<void> {
  const { keyId, holder, publicKey, madeAt, validUntil } = key
  await sql.begin(async (tx) => {
    await tx`/* publishCommandKey */
      insert into command_key (key_id, holder, public_key, made_at, valid_until)
      values (${keyId}, ${holder}, ${publicKey}, ${madeAt}, ${validUntil}) on conflict (key_id) do nothing`
    await recordAuditEvent(tx, {
      id: `command-key/${keyId}`,
      kind: 'key_published',
      at: madeAt.toISOString(),
      actor: null,
      result: 'done',
      detail: { use: `commands of ${holder}`, keyId, publicKey },
    })
  })
}

/** Null: nobody has published it. */
export async function readCommandKey(sql: Sql, keyId: string): Promise<CommandKey | null> {
  const [key] = await sql<CommandKey[]>`/* readCommandKey */
    select key_id as "keyId", holder, public_key as "publicKey", valid_until as "validUntil"
    from command_key where key_id = ${keyId}`
  return key ?? null
}

/** The newest keys that still hold, so that those who verify know them before Postgres is away. */
export const readCommandKeys = (sql: Sql, limit: number): Promise<CommandKey[]> =>
  sql<CommandKey[]>`/* readCommandKeys */
    select key_id as "keyId", holder, public_key as "publicKey", valid_until as "validUntil"
    from command_key where valid_until > clock_timestamp() order by made_at desc limit ${limit}`

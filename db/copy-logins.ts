import { pipeline } from 'node:stream/promises'
import { Readable } from 'node:stream'
import type { AcceptedLogin } from '../domain/batch.ts'
import type { Transaction } from './connect.ts'

/**
 * Copies accepted logins into `login` in COPY's text format (https://www.postgresql.org/docs/18/sql-copy.html).
 * Day partitions for all of them must exist (db/login-partitions.ts).
 */
export async function copyLogins(
  tx: Transaction,
  batchId: bigint,
  partition: number,
  accepted: AcceptedLogin[],
): Promise<void> {
  if (accepted.length === 0) return
  const copy = await tx`/* copyLogins */
    copy login (event_at, user_id, device_id, ip, ip_scope, locale, locale_kind, app_version, device_type, outcome,
                event_id, failure_reason, session_id, extra, kafka_partition, kafka_offset, batch_id)
    from stdin`.writable()
  const suffix = `\t${partition}\t`
  const lines = accepted.map(({ offset, login }) => {
    const time = new Date(login.eventTimeMs).toISOString()
    return (
      `${time}\t${escape(login.userId)}\t${escape(login.deviceId)}\t${login.ip}\t${login.ipScope}\t` +
      `${escape(login.locale)}\t${login.localeKind}\t${escape(login.appVersion)}\t${login.deviceType}\t` +
      `${login.outcome}\t${optional(login.eventId)}\t${optional(login.failureReason)}\t${optional(login.sessionId)}\t` +
      `${optional(login.extra)}${suffix}${offset}\t${batchId}\n`
    )
  })
  await pipeline(Readable.from([Buffer.from(lines.join(''))]), copy)
}

const NULL = '\\N'
const special = /[\\\t\n\r]/
const replacement: Record<string, string> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' }

const escape = (text: string): string =>
  special.test(text) ? text.replace(/[\\\t\n\r]/g, (character) => replacement[character] ?? character) : text

const optional = (text: string | null): string => (text === null ? NULL : escape(text))

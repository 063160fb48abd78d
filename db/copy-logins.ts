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
  await pipeline(Readable.from(chunks(batchId, partition, accepted), { objectMode: true }), copy)
}

/** Some 250 KB a chunk: large enough for the socket, small enough to be gone soon. */
const ROWS_PER_CHUNK = 1_000

function* chunks(batchId: bigint, partition: number, accepted: AcceptedLogin[]): Generator<Buffer> {
  const suffix = `\t${batchId}\n`
  for (let first = 0; first < accepted.length; first += ROWS_PER_CHUNK) {
    const rows = accepted.slice(first, first + ROWS_PER_CHUNK)
    yield Buffer.from(rows.map((row) => line(partition, row) + suffix).join(''))
  }
}

const line = (partition: number, { offset, login }: AcceptedLogin): string =>
  `${iso(login.eventTimeMs)}\t${escape(login.userId)}\t${escape(login.deviceId)}\t${login.ip}\t${login.ipScope}\t` +
  `${escape(login.locale)}\t${login.localeKind}\t${escape(login.appVersion)}\t${login.deviceType}\t` +
  `${login.outcome}\t${optional(login.eventId)}\t${optional(login.failureReason)}\t${optional(login.sessionId)}\t` +
  `${optional(login.extra)}\t${partition}\t${offset}`

// Logins of one second follow each other: their time is written once. Holds what any call would compute again.
let latest = { timeMs: 0, text: '1970-01-01T00:00:00.000Z' }

function iso(timeMs: number): string {
  if (latest.timeMs !== timeMs) latest = { timeMs, text: new Date(timeMs).toISOString() }
  return latest.text
}

const NULL = '\\N'
const replacement: Record<string, string> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' }
const BACKSLASH = 92
const FIRST_PRINTABLE = 32

/** Hardly any text needs it, and a loop finds that out faster than a regular expression. */
function escape(text: string): string {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code === BACKSLASH || code < FIRST_PRINTABLE)
      return text.replace(/[\\\t\n\r]/g, (character) => replacement[character] ?? character)
  }
  return text
}

const optional = (text: string | null): string => (text === null ? NULL : escape(text))

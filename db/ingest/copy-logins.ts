import { pipeline } from 'node:stream/promises'
import { Readable } from 'node:stream'
import { dimensions } from '../../domain/counts/dimensions.ts'
import type { Login } from '../../domain/login/login.ts'
import type { AcceptedLogin } from '../../domain/login/record.ts'
import { isoTime } from '../../domain/time/iso-time.ts'
import type { Transaction } from '../connection/connect.ts'

/**
 * Collects logins as rows of the table `login` in COPY's text format
 * (https://www.postgresql.org/docs/18/sql-copy.html).
 */
export class LoginRows {
  readonly chunks: Buffer[] = []
  count = 0
  readonly #end: string
  readonly #partition: number
  readonly #keepFromMs: number

  /** @param keepFromMs logins with an earlier event time (Unix milliseconds) get no row */
  constructor(batchId: bigint, partition: number, keepFromMs: number) {
    this.#end = `\t${batchId}\n`
    this.#partition = partition
    this.#keepFromMs = keepFromMs
  }

  add(accepted: readonly AcceptedLogin[]): void {
    let text = ''
    for (const one of accepted) {
      if (one.login.eventTimeMs < this.#keepFromMs) continue
      text += line(this.#partition, one) + this.#end
      this.count++
    }
    if (text !== '') this.chunks.push(Buffer.from(text))
  }
}

/** Writes the rows. The day tables for all of them must exist (db/login-rows/login-partitions.ts). */
export async function copyLogins(tx: Transaction, { chunks, count }: LoginRows): Promise<void> {
  if (count === 0) return
  const copy = await tx`/* copyLogins */
    copy login (event_at, user_id, device_id, ip, ip_scope, locale, locale_kind, app_version, device_type, outcome,
                event_id, failure_reason, session_id, extra, kafka_partition, kafka_offset, ${tx.unsafe(derivedColumns)} batch_id)
    from stdin`.writable()
  await pipeline(Readable.from(chunks, { objectMode: true }), copy)
}

const line = (partition: number, { offset, login }: AcceptedLogin): string =>
  `${isoTime(login.eventTimeMs)}\t${escape(login.userId)}\t${escape(login.deviceId)}\t${login.ip}\t${login.ipScope}\t` +
  `${escape(login.locale)}\t${login.localeKind}\t${escape(login.appVersion)}\t${login.deviceType}\t` +
  `${login.outcome}\t${optional(login.eventId)}\t${optional(login.failureReason)}\t${optional(login.sessionId)}\t` +
  `${optional(login.extra)}\t${partition}\t${offset}${derivedValues(login)}`

const derived = dimensions.filter(({ isDerived }) => isDerived)
const derivedColumns = derived.map(({ name }) => `${name},`).join(' ')

function derivedValues(login: Login): string {
  let text = ''
  for (const { read } of derived) text += `\t${escape(read(login))}`
  return text
}

const NULL = '\\N'
const replacement: Record<string, string> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' }
const BACKSLASH = 92
const FIRST_PRINTABLE = 32

/**
 * Escapes a value for COPY. Hardly any needs it, and a loop finds that out faster than a regular expression.
 */
function escape(text: string): string {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code === BACKSLASH || code < FIRST_PRINTABLE)
      return text.replace(/[\\\t\n\r]/g, (character) => replacement[character] ?? character)
  }
  return text
}

const optional = (text: string | null): string => (text === null ? NULL : escape(text))

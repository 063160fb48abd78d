import { pipeline } from 'node:stream/promises'
import { Readable } from 'node:stream'
import { dimensions } from '../../domain/counts/dimensions.ts'
import type { Combination } from '../../domain/columns/combinations.ts'
import {
  ABSENT,
  combinationAt,
  DEVICE_ID,
  EVENT_ID,
  EXTRA,
  FAILURE_REASON,
  IP,
  RANGES,
  scopes,
  SESSION_ID,
  textBytes,
  USER_ID,
  type LoginColumns,
} from '../../domain/columns/login-columns.ts'
import { PagedBytes } from '../../domain/columns/paged-bytes.ts'
import { putBytes, putEscaped, putIsoTime, putNumber } from '../../domain/columns/put-bytes.ts'
import type { Transaction } from '../connection/connect.ts'

/**
 * Collects logins as rows of the table `login` in COPY's text format
 * (https://www.postgresql.org/docs/18/sql-copy.html).
 */
export class LoginRows {
  readonly bytes = new PagedBytes()
  count = 0
  readonly #partition: Uint8Array
  readonly #end: Uint8Array
  readonly #keepFromMs: number

  /** @param keepFromMs logins with an earlier event time (Unix milliseconds) get no row */
  constructor(batchId: bigint, partition: number, keepFromMs: number) {
    this.#partition = utf8.encode(`\t${partition}\t`)
    this.#end = utf8.encode(`\t${batchId}\n`)
    this.#keepFromMs = keepFromMs
  }

  add(logins: LoginColumns): void {
    const { bytes } = this
    for (let login = 0; login < logins.count; login++) {
      if ((logins.eventTimes[login] ?? NaN) < this.#keepFromMs) continue
      const shared = sharedAt(logins, login)
      bytes.reserve(COPY_GROWTH * textBytes(logins, login) + shared.length + FIXED_BYTES)
      bytes.at = this.#putRow(bytes.page, bytes.at, logins, login, shared)
      this.count++
    }
  }

  #putRow(row: Uint8Array, at: number, logins: LoginColumns, login: number, shared: Uint8Array): number {
    const text = logins.isEscaped[login] === 1 ? putCopyText : putBytes
    const first = login * RANGES
    at = putIsoTime(row, at, logins.eventTimes[login] ?? NaN)
    row[at++] = TAB
    at = putField(row, at, logins, first + USER_ID, text)
    row[at++] = TAB
    at = putField(row, at, logins, first + DEVICE_ID, text)
    row[at++] = TAB
    at = putField(row, at, logins, first + IP, text)
    row[at++] = TAB
    at = putBytes(row, at, scopeBytes[logins.scopes[login] ?? 0] ?? NULL)
    at = putBytes(row, at, shared)
    at = putField(row, at, logins, first + EVENT_ID, text)
    row[at++] = TAB
    at = putField(row, at, logins, first + FAILURE_REASON, text)
    row[at++] = TAB
    at = putField(row, at, logins, first + SESSION_ID, text)
    row[at++] = TAB
    at = putField(row, at, logins, first + EXTRA, putCopyText)
    at = putBytes(row, at, this.#partition)
    at = putNumber(row, at, logins.offsets[login] ?? NaN)
    return putBytes(row, at, this.#end)
  }
}

/** The columns that all logins of a combination have in common, between tabs. */
const sharedOfCombinations = new WeakMap<Combination, Uint8Array>()

function sharedAt(logins: LoginColumns, login: number): Uint8Array {
  const combination = combinationAt(logins, login)
  return sharedOfCombinations.get(combination) ?? makeShared(combination)
}

function makeShared(combination: Combination): Uint8Array {
  const { login } = combination
  const values = [login.locale, login.localeKind, login.appVersion, login.deviceType, login.outcome]
  const all = [...values, ...derived.map(({ read }) => read(login))]
  const made = utf8.encode(`\t${all.map(escape).join('\t')}\t`)
  sharedOfCombinations.set(combination, made)
  return made
}

const utf8 = new TextEncoder()
const TAB = 0x09
const NULL = utf8.encode('\\N')
const scopeBytes = scopes.map((scope) => utf8.encode(scope))
/** Bytes of a row beside the texts of its login and the columns of its combination, at most. */
const FIXED_BYTES = 256

type PutText = typeof putBytes

function putField(
  row: Uint8Array,
  at: number,
  { arena, starts, ends }: LoginColumns,
  range: number,
  text: PutText,
): number {
  const start = starts[range] ?? ABSENT
  return start === ABSENT ? putBytes(row, at, NULL) : text(row, at, arena.bytes, start, ends[range] ?? 0)
}

/**
 * Writes the rows, once: it gives their memory back. The day tables for all of them must exist
 * (db/login-rows/login-partitions.ts).
 */
export async function copyLogins(tx: Transaction, { bytes, count }: LoginRows): Promise<void> {
  if (count === 0) return
  const copy = await tx`/* copyLogins */
    copy login (event_at, user_id, device_id, ip, ip_scope, locale, locale_kind, app_version, device_type, outcome,
                ${tx.unsafe(derivedColumns)} event_id, failure_reason, session_id, extra, kafka_partition, kafka_offset, batch_id)
    from stdin`.writable()
  await pipeline(Readable.from(bytes.pieces(), { objectMode: true }), copy)
  // Postgres has answered, so it has read everything.
  bytes.release()
}

const derived = dimensions.filter(({ isDerived }) => isDerived)
const derivedColumns = derived.map(({ name }) => `${name},`).join(' ')

const escapes: Record<string, string> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' }

const escape = (text: string): string =>
  text.replace(/[\\\t\n\r]/g, (character) => escapes[character] ?? character)

/** UTF-8 as COPY reads it in a field. */
const putCopyText = putEscaped(escape)
/** A byte becomes as many at most. */
const COPY_GROWTH = 2

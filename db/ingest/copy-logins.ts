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
import { putBytes } from '../../domain/columns/put-bytes.ts'
import type { Transaction } from '../connection/connect.ts'
import {
  COPY_HEADER,
  COPY_TRAILER,
  fieldsOf,
  INET_MAX_BYTES,
  putInetField,
  putInt16,
  putInt8Field,
  putJsonbField,
  putNull,
  putTextField,
  putTimestampField,
} from './binary-copy.ts'

const derived = dimensions.filter(({ isDerived }) => isDerived)
const columns = [
  ...['event_at', 'user_id', 'device_id', 'ip', 'ip_scope'],
  ...['locale', 'locale_kind', 'app_version', 'device_type', 'outcome', ...derived.map(({ name }) => name)],
  ...['event_id', 'failure_reason', 'session_id', 'extra', 'kafka_partition', 'kafka_offset', 'batch_id'],
]

/** Which logins get a row, by the times of their events (Unix milliseconds). */
type RowBounds = {
  /** From then on, in `login`. */
  rowsFromMs: number
  /** From then on, in `late_login`, if not in `login`. */
  listsFromMs: number
}

/** Rows of a table in COPY's binary format. */
class CopiedRows {
  readonly bytes = new PagedBytes()
  count = 0
}

/** Collects logins as rows. */
export class LoginRows {
  /** Rows of `login`. */
  readonly kept = new CopiedRows()
  /** Rows of `late_login`. */
  readonly late = new CopiedRows()
  readonly #partition: Uint8Array
  readonly #batch: Uint8Array
  readonly #bounds: RowBounds

  constructor(batchId: bigint, partition: number, bounds: RowBounds) {
    this.#partition = fieldsOf([partition])
    this.#batch = fieldsOf([batchId])
    this.#bounds = bounds
  }

  add(logins: LoginColumns): void {
    const { rowsFromMs, listsFromMs } = this.#bounds
    for (let login = 0; login < logins.count; login++) {
      const eventMs = logins.eventTimes[login] ?? NaN
      if (eventMs >= rowsFromMs) this.#addTo(this.kept, logins, login)
      else if (eventMs >= listsFromMs) this.#addTo(this.late, logins, login)
    }
  }

  #addTo(rows: CopiedRows, logins: LoginColumns, login: number): void {
    const { bytes } = rows
    const shared = sharedAt(logins, login)
    bytes.reserve(textBytes(logins, login) + shared.length + FIXED_BYTES)
    if (rows.count === 0) bytes.at = putBytes(bytes.page, bytes.at, COPY_HEADER)
    bytes.at = this.#putRow(bytes.page, bytes.at, logins, login, shared)
    rows.count++
  }

  #putRow(row: Uint8Array, at: number, logins: LoginColumns, login: number, shared: Uint8Array): number {
    const first = login * RANGES
    at = putInt16(row, at, columns.length)
    at = putTimestampField(row, at, logins.eventTimes[login] ?? NaN)
    at = putField(row, at, logins, first + USER_ID, putTextField)
    at = putField(row, at, logins, first + DEVICE_ID, putTextField)
    at = putField(row, at, logins, first + IP, putInetField)
    at = putBytes(row, at, scopeFields[logins.scopes[login] ?? 0] ?? noBytes)
    at = putBytes(row, at, shared)
    at = putField(row, at, logins, first + EVENT_ID, putTextField)
    at = putField(row, at, logins, first + FAILURE_REASON, putTextField)
    at = putField(row, at, logins, first + SESSION_ID, putTextField)
    at = putField(row, at, logins, first + EXTRA, putJsonbField)
    at = putBytes(row, at, this.#partition)
    at = putInt8Field(row, at, logins.offsets[login] ?? NaN)
    return putBytes(row, at, this.#batch)
  }
}

const noBytes = new Uint8Array(0)
const scopeFields = scopes.map((scope) => fieldsOf([scope]))
/** Bytes of a row beside the texts of its login and the columns of its combination, at most; and of the header. */
const FIXED_BYTES = 128 + INET_MAX_BYTES

/** The columns that all logins of a combination have in common. */
const sharedOfCombinations = new WeakMap<Combination, Uint8Array>()

function sharedAt(logins: LoginColumns, login: number): Uint8Array {
  const combination = combinationAt(logins, login)
  return sharedOfCombinations.get(combination) ?? makeShared(combination)
}

function makeShared(combination: Combination): Uint8Array {
  const { login } = combination
  const values = [login.locale, login.localeKind, login.appVersion, login.deviceType, login.outcome]
  const made = fieldsOf([...values, ...derived.map(({ read }) => read(login))])
  sharedOfCombinations.set(combination, made)
  return made
}

function putField(
  row: Uint8Array,
  at: number,
  { arena, starts, ends }: LoginColumns,
  range: number,
  put: typeof putTextField,
): number {
  const start = starts[range] ?? ABSENT
  return start === ABSENT ? putNull(row, at) : put(row, at, arena.bytes, start, ends[range] ?? 0)
}

/**
 * Writes the rows, once: it gives their memory back. The day tables for those of `login` must exist
 * (db/login-rows/login-partitions.ts).
 */
export async function copyLogins(tx: Transaction, { kept, late }: LoginRows): Promise<void> {
  await copyInto(tx, 'login', kept)
  await copyInto(tx, 'late_login', late)
}

async function copyInto(tx: Transaction, table: string, { bytes, count }: CopiedRows): Promise<void> {
  if (count === 0) return
  const copy = await tx`/* copyLogins */
    copy ${tx(table)} (${tx.unsafe(columns.join(', '))}) from stdin with (format binary)`.writable()
  await pipeline(Readable.from([...bytes.pieces(), COPY_TRAILER], { objectMode: true }), copy)
  // Postgres has answered, so it has read everything.
  bytes.release()
}

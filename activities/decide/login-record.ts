import type { PartitionKey } from '../../db/ingest/checkpoint.ts'
import { ByteArena } from '../../domain/columns/byte-arena.ts'
import { EnrichedBytes } from '../../domain/columns/enriched-bytes.ts'
import { LoginColumns, RANGES, USER_ID } from '../../domain/columns/login-columns.ts'
import { MAX_DIGITS, putNumber } from '../../domain/columns/put-bytes.ts'
import type { ByteRange } from '../../kafka/records/byte-range.ts'
import type { ByteWriter, OutputRecord } from '../../kafka/records/encode-record-batch.ts'
import type { TraceContext } from '../../domain/login/trace-context.ts'
import { headers, traceHeaders } from './output-headers.ts'

const noLogins = new LoginColumns(new ByteArena(0))

/** Makes records of processed-data, of one login at a time: each takes the memory of the one before. */
export class LoginRecord {
  readonly #enriched: EnrichedBytes
  readonly #key: ByteRange = { bytes: new Uint8Array(0), start: 0, end: 0 }
  readonly #value: ByteWriter = {
    maxBytes: 0,
    put: (target, at) => this.#enriched.put(target, at, this.#logins, this.#login),
  }
  #logins = noLogins
  #login = 0
  /** topic/partition/ and, behind it, the offset. */
  readonly #source: ByteRange
  readonly #offsetStart: number
  readonly #headers: OutputRecord['headers']
  readonly #record: OutputRecord

  /** @param source topic/partition */
  constructor(key: PartitionKey, source: string) {
    this.#enriched = new EnrichedBytes(key)
    const prefix = new TextEncoder().encode(`${source}/`)
    this.#offsetStart = prefix.length
    const bytes = new Uint8Array(prefix.length + MAX_DIGITS)
    bytes.set(prefix)
    this.#source = { bytes, start: 0, end: 0 }
    this.#headers = headers(this.#source)
    this.#record = { key: this.#key, value: this.#value, headers: this.#headers }
  }

  /**
   * The record of a login, which is as it is until the next call.
   * @param traceContext of the record that the login is from
   */
  of(logins: LoginColumns, login: number, traceContext?: TraceContext): OutputRecord {
    const range = login * RANGES + USER_ID
    this.#key.bytes = logins.arena.bytes
    this.#key.start = logins.starts[range] ?? 0
    this.#key.end = logins.ends[range] ?? 0
    this.#logins = logins
    this.#login = login
    this.#value.maxBytes = this.#enriched.maxBytes(logins, login)
    this.#source.end = putNumber(this.#source.bytes, this.#offsetStart, logins.offsets[login] ?? 0)
    return traceContext === undefined
      ? this.#record
      : { ...this.#record, headers: [...this.#headers, ...traceHeaders(traceContext)] }
  }
}

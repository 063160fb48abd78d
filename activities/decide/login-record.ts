import type { PartitionKey } from '../../db/ingest/checkpoint.ts'
import { EnrichedBytes } from '../../domain/columns/enriched-bytes.ts'
import { RANGES, USER_ID, type LoginColumns } from '../../domain/columns/login-columns.ts'
import { MAX_DIGITS, putNumber } from '../../domain/columns/put-bytes.ts'
import type { ByteRange } from '../../kafka/records/byte-range.ts'
import type { OutputRecord } from '../../kafka/records/encode-record-batch.ts'
import { headers } from './output-headers.ts'

const FIRST_BYTES = 4_096

/** Makes records of processed-data, of one login at a time: each takes the memory of the one before. */
export class LoginRecord {
  readonly #enriched: EnrichedBytes
  readonly #key: ByteRange = { bytes: new Uint8Array(0), start: 0, end: 0 }
  readonly #value: ByteRange = { bytes: new Uint8Array(FIRST_BYTES), start: 0, end: 0 }
  /** topic/partition/ and, behind it, the offset. */
  readonly #source: ByteRange
  readonly #offsetStart: number
  readonly #record: OutputRecord

  /** @param source topic/partition */
  constructor(key: PartitionKey, source: string) {
    this.#enriched = new EnrichedBytes(key)
    const prefix = new TextEncoder().encode(`${source}/`)
    this.#offsetStart = prefix.length
    const bytes = new Uint8Array(prefix.length + MAX_DIGITS)
    bytes.set(prefix)
    this.#source = { bytes, start: 0, end: 0 }
    this.#record = { key: this.#key, value: this.#value, headers: headers(this.#source) }
  }

  /** The record of a login, which is as it is until the next call. */
  of(logins: LoginColumns, login: number): OutputRecord {
    const range = login * RANGES + USER_ID
    this.#key.bytes = logins.arena.bytes
    this.#key.start = logins.starts[range] ?? 0
    this.#key.end = logins.ends[range] ?? 0
    const maxBytes = this.#enriched.maxBytes(logins, login)
    if (this.#value.bytes.length < maxBytes) this.#value.bytes = new Uint8Array(2 * maxBytes)
    this.#value.end = this.#enriched.put(this.#value.bytes, 0, logins, login)
    this.#source.end = putNumber(this.#source.bytes, this.#offsetStart, logins.offsets[login] ?? 0)
    return this.#record
  }
}

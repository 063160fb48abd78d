import { DEVICE_ID, IP, RANGES, USER_ID, type LoginColumns } from '../columns/login-columns.ts'
import { putBytes } from '../columns/put-bytes.ts'
import { halfSipHash } from './half-sip-hash.ts'

const BYTES_PER_UNIT = 3
const BYTES_PER_WORD = 4
/** Ids and group names are usually shorter. A longer text makes the memory grow. */
const USUAL_BYTES = 768

const utf8 = new TextEncoder()

/** Holds the UTF-8 bytes and the hash of one text at a time, in memory that all texts share. */
export class HashedText {
  /** UTF-8 bytes, of which the first `length` count. */
  bytes = new Uint8Array(0)
  length = 0
  /** The three words of the hash. */
  readonly hash = new Int32Array(3)
  #words = new Int32Array(0)

  /** @param key key of halfSipHash */
  take(key: Int32Array, text: string): void {
    this.#reserve(text.length * BYTES_PER_UNIT)
    this.length = utf8.encodeInto(text, this.bytes).written
    halfSipHash(key, this.#words, this.length, this.hash)
  }

  /** Takes the bytes from `start` to `end` (exclusive) of a source. */
  takeBytes(key: Int32Array, source: Uint8Array, start: number, end: number): void {
    this.#reserve(end - start)
    this.length = putBytes(this.bytes, 0, source, start, end)
    halfSipHash(key, this.#words, this.length, this.hash)
  }

  /** Takes the first three texts of a login (user, device, address), with a NUL between them: no id has one. */
  takeTriple(key: Int32Array, { arena, starts, ends }: LoginColumns, login: number): void {
    const user = login * RANGES + USER_ID
    const device = login * RANGES + DEVICE_ID
    const ip = login * RANGES + IP
    const { bytes: source } = arena
    const [userEnd, deviceEnd, ipEnd] = [ends[user] ?? 0, ends[device] ?? 0, ends[ip] ?? 0]
    const [userStart, deviceStart, ipStart] = [starts[user] ?? 0, starts[device] ?? 0, starts[ip] ?? 0]
    this.#reserve(userEnd - userStart + deviceEnd - deviceStart + ipEnd - ipStart + 2)
    const { bytes } = this
    let at = putBytes(bytes, 0, source, userStart, userEnd)
    bytes[at++] = 0
    at = putBytes(bytes, at, source, deviceStart, deviceEnd)
    bytes[at++] = 0
    this.length = putBytes(bytes, at, source, ipStart, ipEnd)
    halfSipHash(key, this.#words, this.length, this.hash)
  }

  #reserve(bytes: number): void {
    if (bytes + BYTES_PER_WORD <= this.bytes.length) return
    this.#words = new Int32Array(Math.ceil(Math.max(bytes, USUAL_BYTES) / BYTES_PER_WORD) + 1)
    this.bytes = new Uint8Array(this.#words.buffer)
  }
}

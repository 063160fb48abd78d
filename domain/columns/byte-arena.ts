import { putBytes } from './put-bytes.ts'

/** What a larger step took is given back. */
const KEPT_BYTES = 1024 * 1024
const MAX_BYTES_PER_CHARACTER = 3
/** Up to this many characters, a loop is faster than a call into native code. */
const LOOP_MAX_CHARACTERS = 64
const MAX_ASCII = 127

const utf8 = new TextEncoder()

/** Bytes that are used for one step of records after the other: memory of its own for each would be garbage at once. */
export class ByteArena {
  bytes: Uint8Array<ArrayBuffer>
  /** Bytes that are in use. */
  length = 0
  readonly #firstBytes: number

  /** @param firstBytes bytes that it has room for at first */
  constructor(firstBytes: number) {
    this.#firstBytes = firstBytes
    this.bytes = new Uint8Array(firstBytes)
  }

  clear(): void {
    this.length = 0
    if (this.bytes.length > KEPT_BYTES) this.bytes = new Uint8Array(this.#firstBytes)
  }

  /** @returns where the copy of the bytes `start` to `end` (exclusive) begins */
  copy(source: Uint8Array, start: number, end: number): number {
    const at = this.length
    this.reserve(end - start)
    this.length = putBytes(this.bytes, at, source, start, end)
    return at
  }

  /** Appends a text as UTF-8; it lies from the `length` of before to that of afterwards. */
  append(text: string): void {
    this.reserve(text.length * MAX_BYTES_PER_CHARACTER)
    this.length = appendText(this.bytes, this.length, text)
  }

  /** Makes room for as many bytes more. */
  reserve(count: number): void {
    if (this.length + count <= this.bytes.length) return
    const larger = new Uint8Array(Math.max(2 * this.bytes.length, this.length + count))
    larger.set(this.bytes.subarray(0, this.length))
    this.bytes = larger
  }
}

/** @returns the place behind the text */
function appendText(bytes: Uint8Array, at: number, text: string): number {
  if (text.length > LOOP_MAX_CHARACTERS) return at + utf8.encodeInto(text, bytes.subarray(at)).written
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code > MAX_ASCII) return at + utf8.encodeInto(text, bytes.subarray(at)).written
    bytes[at + index] = code
  }
  return at + text.length
}

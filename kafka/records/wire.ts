/**
 * Reads the primitive types of the Kafka protocol (https://kafka.apache.org/protocol#protocol_types) in
 * order.
 */
export class WireReader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  int8 = (): number => this.#bytes.readInt8(this.#move(1))
  int16 = (): number => this.#bytes.readInt16BE(this.#move(2))
  int32 = (): number => this.#bytes.readInt32BE(this.#move(4))
  int64 = (): bigint => this.#bytes.readBigInt64BE(this.#move(8))
  bytes = (length: number): Buffer => this.#bytes.subarray(this.#move(length), this.#at)
  string = (): string => this.bytes(Math.max(0, this.int16())).toString('utf8')
  uuid = (): string =>
    this.bytes(16)
      .toString('hex')
      .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
  compactString = (): string => this.bytes(Math.max(0, this.uvarint() - 1)).toString('utf8')

  /** Reads an array with an int32 length. Null reads as empty. */
  array<T>(item: () => T): T[] {
    return Array.from({ length: Math.max(0, this.int32()) }, item)
  }

  /** Reads an array of the flexible versions. Null reads as empty. */
  compactArray<T>(item: () => T): T[] {
    return Array.from({ length: Math.max(0, this.uvarint() - 1) }, item)
  }

  tags(): void {
    for (let count = this.uvarint(); count > 0; count--) {
      this.uvarint()
      this.bytes(this.uvarint())
    }
  }

  uvarint(): number {
    let value = 0
    for (let shift = 0; ; shift += 7) {
      const byte = this.#bytes.readUInt8(this.#move(1))
      value |= (byte & 0x7f) << shift
      if (byte < 0x80) return value
    }
  }

  #move(length: number): number {
    const from = this.#at
    this.#at += length
    if (this.#at > this.#bytes.length) throw new RangeError('the response ends too early')
    return from
  }
}

export const int8 = (value: number): Buffer => Buffer.from([value & 0xff])

export const int16 = (value: number): Buffer => {
  const bytes = Buffer.allocUnsafe(2)
  bytes.writeInt16BE(value)
  return bytes
}

export const int32 = (value: number): Buffer => {
  const bytes = Buffer.allocUnsafe(4)
  bytes.writeInt32BE(value)
  return bytes
}

export const int64 = (value: bigint): Buffer => {
  const bytes = Buffer.allocUnsafe(8)
  bytes.writeBigInt64BE(value)
  return bytes
}

export const string = (value: string): Buffer =>
  Buffer.concat([int16(Buffer.byteLength(value)), Buffer.from(value)])

/** Encodes an unsigned number in groups of seven bits, the lowest first. */
export function uvarint(value: number): Buffer {
  const bytes: number[] = []
  for (let rest = value; ; rest >>>= 7) {
    if (rest < 0x80) return Buffer.from([...bytes, rest])
    bytes.push((rest & 0x7f) | 0x80)
  }
}

/** Encodes a string of the flexible versions. */
export const compactString = (text: string): Buffer =>
  Buffer.concat([uvarint(Buffer.byteLength(text) + 1), Buffer.from(text)])

const OPENING_BRACE = 0x7b

/**
 * Length of the prefix that Confluent's serializers put before a message: a zero byte and the schema id,
 * big-endian.
 */
export const REGISTRY_PREFIX_BYTES = 5

/**
 * Schema id of the prefix before a message; null if there is no such prefix. Registries start their ids at 1.
 */
export function registrySchemaId(bytes: Uint8Array): number | null {
  if (bytes.length <= REGISTRY_PREFIX_BYTES || bytes[0] !== 0) return null
  const rest = bytes.subarray(REGISTRY_PREFIX_BYTES)
  // If two braces follow the first four bytes, the first one is part of a schema id: JSON after a four-byte
  // length cannot begin with two.
  if (isUtf16(bytes) || (lengthPrefix(bytes) !== null && !opensObject(rest))) return null
  const id = bigEndian(bytes.subarray(1, REGISTRY_PREFIX_BYTES))
  return id === 0 ? null : id
}

const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf]

/** Whether the first byte after blanks and a byte order mark opens an object. */
export const opensObject = (bytes: Uint8Array): boolean =>
  withoutMark(bytes).find((byte) => byte !== 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d) ===
  OPENING_BRACE

const withoutMark = (bytes: Uint8Array): Uint8Array =>
  BYTE_ORDER_MARK.every((byte, index) => bytes[index] === byte)
    ? bytes.subarray(BYTE_ORDER_MARK.length)
    : bytes

const signatures: [name: string, bytes: number[]][] = [
  ['gzip', [0x1f, 0x8b]],
  ['Zstandard', [0x28, 0xb5, 0x2f, 0xfd]],
  ['an LZ4 frame', [0x04, 0x22, 0x4d, 0x18]],
  ['zlib', [0x78, 0x01]],
  ['zlib', [0x78, 0x9c]],
  ['zlib', [0x78, 0xda]],
  ['a ZIP archive', [0x50, 0x4b, 0x03, 0x04]],
  ['an Avro file', [0x4f, 0x62, 0x6a, 0x01]],
  ['Java serialization', [0xac, 0xed, 0x00, 0x05]],
  ['UTF-16', [0xff, 0xfe]],
  ['UTF-16', [0xfe, 0xff]],
  ['an AWS Glue schema registry header', [0x03, 0x00]],
  ['an AWS Glue schema registry header', [0x03, 0x05]],
]

/** Names the format that bytes which are not JSON in UTF-8 seem to have; null if it is unknown. */
export function guessFormat(bytes: Uint8Array): string | null {
  const signature = signatures.find(([, start]) => start.every((byte, index) => bytes[index] === byte))
  if (signature !== undefined) return signature[0]
  if (isUtf16(bytes)) return 'UTF-16'
  const prefix = lengthPrefix(bytes)
  if (prefix !== null) return `${prefix} bytes of length before the JSON (as Java's writeUTF writes them)`
  return isLatin1Json(bytes) ? 'Latin-1 (ISO 8859-1 or Windows-1252)' : null
}

const SHOWN_BYTES = 16

/** The first bytes in hexadecimal. */
export const firstBytes = (bytes: Uint8Array): string =>
  Array.from(bytes.subarray(0, SHOWN_BYTES), (byte) => byte.toString(16).padStart(2, '0')).join(' ')

/** Whether every other byte at the beginning is zero, as in UTF-16 of plain text. */
function isUtf16(bytes: Uint8Array): boolean {
  const start = Array.from(bytes.subarray(0, SHOWN_BYTES))
  if (start.length < 4) return false
  return [0, 1].some((zeros) => start.every((byte, index) => (index % 2 === zeros) === (byte === 0)))
}

/**
 * Number of bytes before the object that hold the length of what follows; null if there is no such length.
 */
function lengthPrefix(bytes: Uint8Array): number | null {
  const fits = (size: number) =>
    bytes[size] === OPENING_BRACE && bigEndian(bytes.subarray(0, size)) === bytes.length - size
  return [2, 4].find(fits) ?? null
}

const bigEndian = (bytes: Uint8Array): number => bytes.reduce((sum, byte) => sum * 256 + byte, 0)

function isLatin1Json(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return false
  } catch {
    return opensObject(bytes) && isJson(new TextDecoder('latin1').decode(bytes))
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/**
 * Decodes what `encode(…, 'base64')` made of a bytea; null becomes no bytes. postgres.js reads a bytea as
 * hexadecimal digits, which takes Node many times as long.
 */
export const bytesOf = (base64: string | null | undefined): Buffer => Buffer.from(base64 ?? '', 'base64')

/** Makes of a bit string, in SQL, what bytesOf decodes. */
export const encodedBits = (bits: string): string =>
  // bit_send begins with the number of bits, in 4 bytes.
  `encode(substring(bit_send(${bits}) from 5), 'base64')`

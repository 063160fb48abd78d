import { createHash, randomBytes } from 'node:crypto'
import { crc32 } from '@node-rs/crc32'

// The text of a service token: a prefix and a checksum, so that scanners for secrets know one without asking, as GitHub's tokens have
// them (https://github.blog/engineering/behind-githubs-new-authentication-token-formats/).

export const PREFIX = 'rollcall_'
const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
/** 256 random bits: who has hashes of tokens finds none of them, and nobody guesses one. */
const SECRET_BYTES = 32
/** What 256 bits need in base 62, and 32 bits. */
const [SECRET_DIGITS, CHECKSUM_DIGITS] = [43, 6]
const TOKEN = new RegExp(`^${PREFIX}([0-9A-Za-z]{${SECRET_DIGITS}})([0-9A-Za-z]{${CHECKSUM_DIGITS}})$`)

export function makeTokenText(): string {
  const secret = base62(BigInt(`0x${randomBytes(SECRET_BYTES).toString('hex')}`), SECRET_DIGITS)
  return `${PREFIX}${secret}${checksumOf(secret)}`
}

/** Whether a text was made by makeTokenText, as far as the text tells: one that was cut or mistyped was not. */
export function isTokenText(text: string): boolean {
  const [, secret, checksum] = TOKEN.exec(text) ?? []
  return secret !== undefined && checksum === checksumOf(secret)
}

/** What is kept of a token, and what it is found by. */
export const hashOfToken = (text: string): Buffer => createHash('sha256').update(text).digest()

const checksumOf = (secret: string) => base62(BigInt(crc32(PREFIX + secret)), CHECKSUM_DIGITS)

function base62(number: bigint, digits: number): string {
  let text = ''
  for (let rest = number; text.length < digits; rest /= 62n) text = (DIGITS[Number(rest % 62n)] ?? '') + text
  return text
}

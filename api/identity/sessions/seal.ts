import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto'
import { MIN_KEY_CHARACTERS, type Secret, SecretError } from '../../../config/secret.ts'

const CIPHER = 'aes-256-gcm'
const VERSION = 1
const KEY_ID_BYTES = 4
const NONCE_BYTES = 12
const TAG_BYTES = 16
const HEAD_BYTES = 1 + KEY_ID_BYTES + NONCE_BYTES + TAG_BYTES

/** Encrypts texts that only APIs may read. */
export type Seal = {
  /** @throws {SecretError} there is no key that can be used */
  check: () => void
  /** @param place where the text is kept: it opens nowhere else */
  close: (text: string, place: string) => Buffer
  /** Null: it was sealed with a key that is no more, for another place, or changed. */
  open: (sealed: Uint8Array, place: string) => string | null
}

type Key = { id: Buffer; bytes: Buffer }

/**
 * AES-256-GCM with a random nonce: version, id of the key, nonce, tag, text. The first key of the secret encrypts, and
 * every key decrypts, so that a key is changed by putting a new one before it.
 * @param keys one or more secrets, separated by white space; read anew for each use
 */
export function createSeal(keys: Secret): Seal {
  let derived: { from: string; keys: Key[] } | null = null
  const read = (): Key[] => {
    const from = keys.read()
    if (derived?.from !== from) derived = { from, keys: keysIn(from, keys.setting) }
    return derived.keys
  }
  return {
    check: () => void read(),
    close: (text, place) => {
      const [key] = read()
      if (key === undefined) throw new Error(`${keys.setting} has no key`)
      const nonce = randomBytes(NONCE_BYTES)
      const cipher = createCipheriv(CIPHER, key.bytes, nonce).setAAD(Buffer.from(place))
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      return Buffer.concat([Buffer.of(VERSION), key.id, nonce, cipher.getAuthTag(), body])
    },
    open: (sealed, place) => {
      const bytes = Buffer.from(sealed)
      if (bytes.length < HEAD_BYTES || bytes[0] !== VERSION) return null
      const id = bytes.subarray(1, 1 + KEY_ID_BYTES)
      const key = read().find((one) => one.id.equals(id))
      return key === undefined ? null : opened(bytes, key, place)
    },
  }
}

function opened(bytes: Buffer, key: Key, place: string): string | null {
  const nonceAt = 1 + KEY_ID_BYTES
  const tagAt = nonceAt + NONCE_BYTES
  try {
    const decipher = createDecipheriv(CIPHER, key.bytes, bytes.subarray(nonceAt, tagAt), {
      authTagLength: TAG_BYTES,
    })
      .setAAD(Buffer.from(place))
      .setAuthTag(bytes.subarray(tagAt, HEAD_BYTES))
    return Buffer.concat([decipher.update(bytes.subarray(HEAD_BYTES)), decipher.final()]).toString('utf8')
  } catch {
    return null
  }
}

/** A file is read when it is needed, so that what is in it was not checked at start. */
function keysIn(text: string, setting: string): Key[] {
  const secrets = text.trim().split(/\s+/)
  if (secrets.some((secret) => secret.length < MIN_KEY_CHARACTERS))
    throw new SecretError(`${setting} has a key of fewer than ${MIN_KEY_CHARACTERS} characters`)
  return secrets.map(derive)
}

function derive(secret: string): Key {
  const bytes = Buffer.from(hkdfSync('sha256', secret, '', 'rollcall session key', 32))
  return { bytes, id: createHash('sha256').update(bytes).digest().subarray(0, KEY_ID_BYTES) }
}

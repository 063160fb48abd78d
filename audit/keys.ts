import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { Config } from '../config/config.ts'
import { SecretError } from '../config/secret.ts'
import { type AuditHead, type PublishedHead, type Signed, signedText } from '../domain/audit/audit-head.ts'

/** Verifies heads. */
export type HeadKeys = {
  /** The ids of the public keys whose signatures count. Empty: heads are not signed here. */
  keyIds: readonly string[]
  /** Whether one of these keys signed it. */
  isSigned: (head: PublishedHead, what: Signed) => boolean
}

export type Signer = {
  keyId: string
  /** PEM. */
  publicKey: string
  sign: (head: AuditHead, what: Signed) => PublishedHead
}

/**
 * Makes what signs heads, of the key as it is now. Null: heads are not signed.
 * @throws {SecretError} the setting gives no Ed25519 private key
 */
export function readSigner({ signingKey }: Config['audit']): Signer | null {
  if (signingKey === null) return null
  const { setting } = signingKey
  const privateKey = keyOf(() => createPrivateKey(signingKey.read()), setting, 'private key (PKCS #8)')
  const publicKey = createPublicKey(privateKey)
  const keyId = idOf(publicKey)
  return {
    keyId,
    publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    sign: (head, what) => ({
      ...head,
      keyId,
      signature: sign(null, Buffer.from(signedText(head, what)), privateKey).toString('base64'),
    }),
  }
}

/**
 * Says at the start of a process what is wrong with the keys of the audit. It goes on all the same: they are read again
 * whenever they are needed.
 */
export async function checkHeadKeys(config: Config['audit'], say: (problem: string) => void): Promise<void> {
  try {
    await readHeadKeys(config)
  } catch (error) {
    say(error instanceof Error ? error.message : String(error))
  }
}

/**
 * Reads the public keys whose signatures count, as they are now.
 * @throws {SecretError} a setting gives no Ed25519 keys
 */
export async function readHeadKeys(config: Config['audit']): Promise<HeadKeys> {
  const pems = config.publicKeys === null ? [] : await readKeyFile(config.publicKeys)
  const signer = readSigner(config)
  const keys = new Map(
    [...pems, ...(signer === null ? [] : [signer.publicKey])].map((pem) => {
      const key = keyOf(() => createPublicKey(pem), 'AUDIT_PUBLIC_KEYS_FILE', 'public keys')
      return [idOf(key), key]
    }),
  )
  return {
    keyIds: [...keys.keys()],
    isSigned: ({ keyId, signature, ...head }, what) => {
      const key = keys.get(keyId ?? '')
      if (key === undefined || signature === null) return false
      return verify(null, Buffer.from(signedText(head, what)), key, Buffer.from(signature, 'base64'))
    },
  }
}

async function readKeyFile(path: string): Promise<string[]> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException
    throw new SecretError(`AUDIT_PUBLIC_KEYS_FILE names a file that cannot be read (${code})`)
  })
  const pems = text.match(/-----BEGIN PUBLIC KEY-----[^-]+-----END PUBLIC KEY-----/g) ?? []
  if (pems.length === 0) throw new SecretError('AUDIT_PUBLIC_KEYS_FILE names a file without a PEM public key')
  return pems
}

function keyOf(parse: () => KeyObject, setting: string, what: string): KeyObject {
  let key: KeyObject | null = null
  try {
    key = parse()
  } catch (error) {
    if (error instanceof SecretError) throw error
  }
  // The message of OpenSSL might quote the key.
  if (key?.asymmetricKeyType === 'ed25519') return key
  throw new SecretError(
    `${setting} must give Ed25519 ${what} in PEM, such as openssl genpkey -algorithm ed25519 makes`,
  )
}

/** Enough of the SHA-256 of the key (SPKI, DER) to tell keys apart. */
const idOf = (key: KeyObject): string =>
  createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('hex')
    .slice(0, 16)

import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto'

/** Postgres's own (scram_iterations). */
const ITERATIONS = 4_096
const SALT_BYTES = 16

/**
 * What Postgres stores of a password, so that the password itself is in no statement, and in no log of statements:
 * SCRAM-SHA-256$iterations:salt$StoredKey:ServerKey (https://www.postgresql.org/docs/18/catalog-pg-authid.html; RFC 5803).
 * @throws {RangeError} the password has other characters than printable ASCII, which clients prepare in different ways
 */
export function scramVerifier(password: string, salt: Buffer = randomBytes(SALT_BYTES)): string {
  if (!/^[ -~]+$/.test(password))
    throw new RangeError('a password must have printable ASCII characters and no others')
  const salted = pbkdf2Sync(password, salt, ITERATIONS, 32, 'sha256')
  const key = (name: string) => createHmac('sha256', salted).update(name).digest()
  const stored = createHash('sha256').update(key('Client Key')).digest('base64')
  return `SCRAM-SHA-256$${ITERATIONS}:${salt.toString('base64')}$${stored}:${key('Server Key').toString('base64')}`
}

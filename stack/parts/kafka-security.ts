import { pbkdf2Sync, randomBytes } from 'node:crypto'

/** A user of the broker, for SCRAM. */
export type ScramUser = { name: string; password: string }

/** How a broker is secured, beside or in place of its plaintext listener. */
export type KafkaSecurity = {
  /** Of the listener on the broker's port; PLAINTEXT by default. */
  protocol?: 'SSL'
  /** Settings of the broker, over those of a broker without security. */
  settings: Record<string, string | number>
  users: readonly ScramUser[]
  /** Arguments of its Java virtual machine. */
  virtualMachine?: string[]
  /** Environment variables with which Rollcall reaches it, beside KAFKA_BROKERS. */
  client?: Record<string, string>
}

const ITERATIONS = 4_096
const KEY_BYTES = 64
const SALT_BYTES = 16

/**
 * Arguments of Kafka's storage tool that make a user. Other users of the machine can read them, so they have the salted password
 * (RFC 5802, section 3) in place of the password.
 */
export function addUser({ name, password }: ScramUser): string[] {
  const salt = randomBytes(SALT_BYTES)
  const salted = pbkdf2Sync(password, salt, ITERATIONS, KEY_BYTES, 'sha512')
  const parts = [
    `name=${name}`,
    `salt="${salt.toString('base64')}"`,
    `iterations=${ITERATIONS}`,
    `saltedpassword="${salted.toString('base64')}"`,
  ]
  return ['--add-scram', `SCRAM-SHA-512=[${parts.join(',')}]`]
}

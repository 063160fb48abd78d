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
const SALT_BYTES = 16
/** Both that a client may ask for, and the size of their keys. */
const MECHANISMS = [
  { name: 'SCRAM-SHA-512', hash: 'sha512', keyBytes: 64 },
  { name: 'SCRAM-SHA-256', hash: 'sha256', keyBytes: 32 },
]

/**
 * Arguments of Kafka's storage tool that make a user. Other users of the machine can read them, so they have the salted password
 * (RFC 5802, section 3) in place of the password.
 */
export const addUser = ({ name, password }: ScramUser): string[] =>
  MECHANISMS.flatMap((mechanism) => {
    const salt = randomBytes(SALT_BYTES)
    const salted = pbkdf2Sync(password, salt, ITERATIONS, mechanism.keyBytes, mechanism.hash)
    const parts = [
      `name=${name}`,
      `salt="${salt.toString('base64')}"`,
      `iterations=${ITERATIONS}`,
      `saltedpassword="${salted.toString('base64')}"`,
    ]
    return ['--add-scram', `${mechanism.name}=[${parts.join(',')}]`]
  })

import { readFileSync } from 'node:fs'
import { inspect } from 'node:util'

/** A file with a secret cannot be used. The message names the setting, and nothing of the file. */
export class SecretError extends Error {
  override name = 'SecretError'
  readonly code = 'SECRET_PROBLEM'
}

/**
 * A password or token, given as a value or as a file. Whoever needs it reads it anew, so that a changed file counts without a
 * restart. Neither JSON nor a log shows it.
 */
export class Secret {
  /** The name of the setting that it comes from. */
  readonly setting: string
  readonly #value: string | null
  /** The file to watch for changes; null: it is a value. */
  readonly file: string | null

  constructor(setting: string, given: { value: string } | { file: string }) {
    this.setting = setting
    this.#value = 'value' in given ? given.value : null
    this.file = 'file' in given ? given.file : null
  }

  /**
   * @throws {SecretError} the file is gone, empty, or no UTF-8; line breaks at its end do not count, nor does a byte order mark
   */
  read(): string {
    if (this.#value !== null) return this.#value
    const text = this.#decode(this.#readFile()).replace(/[\r\n]+$/, '')
    if (text === '') throw new SecretError(`${this.setting} names a file that is empty`)
    return text
  }

  #decode(bytes: Buffer): string {
    try {
      // A decoder takes a byte order mark away.
      return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    } catch {
      throw new SecretError(`${this.setting} names a file that is not UTF-8: save it as that`)
    }
  }

  #readFile(): Buffer {
    try {
      return readFileSync(this.file ?? '')
    } catch (error) {
      const { code = 'unknown error' } = error as NodeJS.ErrnoException
      throw new SecretError(`${this.setting} names a file that cannot be read (${code})`)
    }
  }

  toJSON(): string {
    return `(${this.setting})`
  }

  [inspect.custom](): string {
    return this.toJSON()
  }
}

/** Of each key; as many as 256 bits have in hexadecimal or base64 are the rule. */
export const MIN_KEY_CHARACTERS = 32

/**
 * Reads a secret that is a key. What is in a file was not checked with the settings.
 * @throws {SecretError} as `read`, and if it is too short
 */
export function readKey(secret: Secret): string {
  const key = secret.read()
  if (key.length >= MIN_KEY_CHARACTERS) return key
  throw new SecretError(`${secret.setting} has a key of fewer than ${MIN_KEY_CHARACTERS} characters`)
}

/** The secret that one of the two settings gives; null: neither does. */
export function secretOf(name: string, value: string | undefined, file: string | undefined): Secret | null {
  if (file !== undefined) return new Secret(`${name}_FILE`, { file })
  return value === undefined ? null : new Secret(name, { value })
}

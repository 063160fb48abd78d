import { decodeLogin } from '../decode/decode-login.ts'
import { CURRENT_RULES_VERSION, type RulesVersion } from '../decode/decode-rules.ts'
import type { Login } from '../login/login.ts'
import { ByteValues } from './byte-values.ts'
import { place } from './fields.ts'
import type { ScannedMessage } from './scan-message.ts'

/** The values that many logins have in common: of equal ones there is one object in a table. */
export type Combination = {
  /** A login with these values, without texts of its own; its time and scope mean nothing. */
  login: Login
}

/** Fields that have few different values, and how many texts of each are known by number: the bits of all make a key of 31. */
const sharedFields = [
  { key: 'device_type', bits: 6 },
  { key: 'app_version', bits: 10 },
  { key: 'locale', bits: 10 },
  { key: 'outcome', bits: 5 },
] as const

const MAX_COMBINATIONS = 16_384

/**
 * The combinations of logins, as they come. How the texts of a message are read is asked of the decoder, once for each
 * combination of them, so that it is decided in one place.
 */
export class CombinationTable {
  readonly #version: RulesVersion
  readonly #fields = sharedFields.map(({ key, bits }) => ({
    key,
    bits,
    place: place[key],
    texts: new ByteValues(),
    maxTexts: 2 ** bits - 1,
  }))
  /** By the numbers of the texts; null: the decoder has to read such a message itself. */
  readonly #byTexts = new Map<number, Combination | null>()
  readonly #byValues = new Map<string, Combination>()

  constructor(version: RulesVersion) {
    this.#version = version
  }

  /** Whether it holds as much as it should: another one begins with the next batch. */
  get isFull(): boolean {
    return (
      this.#byValues.size >= MAX_COMBINATIONS ||
      this.#fields.some(({ texts, maxTexts }) => texts.size >= maxTexts)
    )
  }

  /** @returns null: the decoder has to read the message itself */
  ofMessage(bytes: Uint8Array, found: ScannedMessage): Combination | null {
    let key = 0
    for (const field of this.#fields) {
      const number = numberOf(field, bytes, found)
      if (number < 0) return null
      key = (key << field.bits) | number
    }
    const known = this.#byTexts.get(key)
    if (known !== undefined) return known
    const learnt = this.#learn(bytes, found)
    this.#byTexts.set(key, learnt)
    return learnt
  }

  ofLogin(login: Login): Combination {
    const key = `${login.deviceType}\0${login.appVersion}\0${login.locale}\0${login.outcome}`
    const known = this.#byValues.get(key)
    if (known !== undefined) return known
    // Its own texts would be kept for as long as the table.
    const made = { login: { ...login, ...noTexts } }
    this.#byValues.set(key, made)
    return made
  }

  #learn(bytes: Uint8Array, found: ScannedMessage): Combination | null {
    const message: Record<string, unknown> = { ...sample }
    for (const { key, place: at } of this.#fields) {
      const start = found.starts[at] ?? 0
      if (start > 0) message[key] = text.decode(bytes.subarray(start, found.ends[at]))
    }
    const rules = { version: this.#version, maxBytes: null, maxAgeDays: null, maxOutputBytes: null }
    const decoded = decodeLogin(utf8.encode(JSON.stringify(message)), { nowMs: SAMPLE_MS, rules })
    // What could not be used is kept in `extra`, as it was sent.
    return decoded.ok && decoded.login.extra === null ? this.ofLogin(decoded.login) : null
  }
}

const noTexts = {
  userId: '',
  deviceId: '',
  ip: '',
  eventId: null,
  failureReason: null,
  sessionId: null,
  extra: null,
}

type SharedField = { place: number; texts: ByteValues; maxTexts: number }

/**
 * From 1 on; 0: the message does not have it. -1: it is no text, or one too many. An outcome is known by its JSON text:
 * true and "true" mean the same, and what is not understood is left to the decoder.
 */
function numberOf(
  { place: at, texts, maxTexts }: SharedField,
  bytes: Uint8Array,
  found: ScannedMessage,
): number {
  const start = found.starts[at] ?? 0
  if (start === 0) return 0
  if (found.isText[at] !== 1 && at !== place.outcome) return -1
  const end = found.ends[at] ?? 0
  const number = texts.numberOf(bytes, start, end)
  if (number >= 0) return number + 1
  return texts.size < maxTexts ? texts.add(bytes, start, end) + 1 : -1
}

const SAMPLE_MS = 1_000
const sample = { user_id: 'user', device_id: 'device', ip: '192.0.2.1', timestamp: 1 }
const utf8 = new TextEncoder()
const text = new TextDecoder()

/** The combinations that the batches of a process share. */
export class SharedCombinations {
  #table = new CombinationTable(CURRENT_RULES_VERSION)

  /** The table for a batch. It keeps to it: of equal values another one has other objects. */
  of(version: RulesVersion): CombinationTable {
    if (version !== CURRENT_RULES_VERSION) return new CombinationTable(version)
    if (this.#table.isFull) this.#table = new CombinationTable(version)
    return this.#table
  }
}

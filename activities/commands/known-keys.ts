import type { KeyObject } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { withDeadline } from '../../concurrency/with-deadline.ts'
import {
  readCommandKey,
  readCommandKeys,
  type CommandKey,
  type KeyHolder,
} from '../../db/ledger/command-keys.ts'
import type { Sql } from '../../db/connection/connect.ts'
import { verifyingKey } from '../../signatures/verify-command.ts'

export type KnownKey = { verifying: KeyObject; holder: KeyHolder; validUntil: Date }

/** Keys by which commands are verified, kept once they were read: a key never changes. */
export type KnownKeys = {
  /** Null: nobody has published it. 'away': it is not known, and Postgres is away. */
  find: (keyId: string) => Promise<KnownKey | null | 'away'>
  /** Reads the newest keys, for when Postgres is away later. Postgres that is away now is no error. */
  preload: () => Promise<void>
}

/** Many times as many as APIs run and are restarted in a day. */
const KEPT_KEYS = 1_000
/** Commands wait no longer than this for a Postgres that hangs. */
export const LOOKUP_DEADLINE_MS = 2_000
/** An API publishes its key before it sends; if Postgres has just come back, it may be about to. */
const LOOKS = 3
const BETWEEN_LOOKS_MS = 700

export function createKnownKeys(sql: Sql): KnownKeys {
  const known = new Map<string, KnownKey>()
  const keep = ({ keyId, publicKey, holder, validUntil }: CommandKey): KnownKey | null => {
    const verifying = verifyingKey(keyId, publicKey)
    if (verifying === null) return null
    const [oldest = ''] = known.keys()
    if (known.size >= KEPT_KEYS) known.delete(oldest)
    const key = { verifying, holder, validUntil }
    known.set(keyId, key)
    return key
  }
  const look = async (keyId: string): Promise<KnownKey | null | 'away'> => {
    const key = await within(readCommandKey(sql, keyId))
    return key === 'away' || key === null ? key : keep(key)
  }
  return {
    find: async (keyId) => {
      let key = known.get(keyId) ?? (await look(keyId))
      for (let looks = 1; key === null && looks < LOOKS; looks++) {
        await sleep(BETWEEN_LOOKS_MS)
        key = await look(keyId)
      }
      return key
    },
    preload: async () => {
      const keys = await within(readCommandKeys(sql, KEPT_KEYS))
      if (keys !== 'away') keys.forEach(keep)
    },
  }
}

/** 'away': Postgres failed, or took too long. */
export const within = <T>(reading: Promise<T>): Promise<T | 'away'> =>
  withDeadline(reading, { milliseconds: LOOKUP_DEADLINE_MS, fallback: () => 'away' as const }).catch(
    () => 'away' as const,
  )

import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose'
import { RefusedIdentity } from '../context/refused-identity.ts'

/** Keys older than this are read again, so that withdrawn ones go. */
const REFRESH_MS = 10 * 60_000
/** While the provider is away, keys go on working for this long after they were read. */
export const KEPT_MS = 24 * 3_600_000
/** Tokens with unknown keys make the API read the keys again no more often: anyone can send such tokens. */
const REREAD_MS = 30_000
/** How long a provider that is away is not asked again. */
const AWAY_MS = 5_000

export type ProviderKeys = {
  /**
   * Finds the key of a token.
   * @throws {RefusedIdentity} the provider is away and no key is known, or not this one
   */
  find: JWTVerifyGetKey
  /**
   * Reads the keys if that is due.
   * @throws {Error} none are known; the message says why, which is not for strangers
   */
  ready: () => Promise<void>
}

type Known = { find: JWTVerifyGetKey; readAtMs: number }

/**
 * The public keys of a provider, which changes them as it likes.
 * @param read reads all of them
 * @param clock Unix milliseconds
 * @param rereadMs how often unknown keys make it read them again at most
 */
export function createProviderKeys(
  read: () => Promise<JSONWebKeySet>,
  clock: () => number,
  rereadMs = REREAD_MS,
): ProviderKeys {
  let known: Known | null = null
  let reading: Promise<void> | null = null
  let triedAtMs = -Infinity
  let failure: string | null = null

  const readNow = async () => {
    triedAtMs = clock()
    try {
      known = { find: createLocalJWKSet(await read()), readAtMs: clock() }
      failure = null
    } catch (error) {
      failure = error instanceof Error ? error.message : String(error)
    }
  }
  const readOnce = () =>
    (reading ??= readNow().finally(() => {
      reading = null
    }))
  const mayTry = (afterMs: number) => clock() - triedAtMs >= (failure === null ? afterMs : AWAY_MS)
  const ready = async (): Promise<Known | null> => {
    const ageMs = known === null ? Infinity : clock() - known.readAtMs
    if (ageMs > KEPT_MS) {
      if (reading !== null || mayTry(0)) await readOnce()
    } else if (ageMs > REFRESH_MS && mayTry(0)) void readOnce()
    return known === null || clock() - known.readAtMs > KEPT_MS ? null : known
  }
  return {
    ready: async () => {
      if ((await ready()) === null)
        throw new Error(
          `the keys of the identity provider are not known: ${failure ?? 'it has not answered yet'}`,
        )
    },
    find: async (header, token) => {
      const before = await ready()
      if (before === null) throw away()
      try {
        return await before.find(header, token)
      } catch (error) {
        if (!(error instanceof errors.JWKSNoMatchingKey)) throw error
        if (reading !== null || mayTry(rereadMs)) await readOnce()
        const now = failure === null ? await ready() : null
        if (now === null) throw away()
        return await now.find(header, token)
      }
    },
  }
}

/** Anyone can get it by a token that is made up: where the provider is, and why it is away, /ready and the log say. */
const away = () =>
  new RefusedIdentity(
    'IDENTITY_UNAVAILABLE',
    'the identity provider does not answer, and has no key for this token that is known: ask again in a moment',
  )

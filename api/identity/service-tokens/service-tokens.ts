import type { ActiveServiceToken } from '../../../db/access/service-tokens.ts'
import type { Actor } from '../../context/actor.ts'
import { unauthenticated } from '../../context/refused-identity.ts'
import type { KnownTokens } from './known-tokens.ts'
import { hashOfToken, isTokenText } from './token-text.ts'

/** Who vouches for programs with service tokens: this Rollcall. Issuers of OIDC are URLs, so that none is called the same. */
export const SERVICE_TOKEN_ISSUER = 'rollcall'

/** Begins the subject of a program; the number of its token follows. */
const SUBJECT = 'service-token-'
const MINUTE_MS = 60_000

/** Tells programs by the text of their service tokens. */
export type ServiceTokens = {
  /**
   * @param address where the request came from, as ClientAddress has it
   * @throws {RefusedIdentity} the text is none of a token that is taken
   */
  identify(text: string, address: string): Promise<Actor>
  /** Calls `end` once the token of a program is taken no more. Returns what stops that; null: it is no such program. */
  watch(actor: Actor, end: () => void): (() => void) | null
}

export type TokenUse = { at: Date; address: string }

/**
 * @param note keeps when a token was used; called once a minute for each token, and not waited for
 * @param now Unix milliseconds
 */
export function createServiceTokens(
  tokens: Pick<KnownTokens, 'find' | 'watch'>,
  note: (actor: Actor, id: bigint, use: TokenUse) => Promise<void>,
  now: () => number,
): ServiceTokens {
  const notedMinutes = new Map<bigint, number>()
  const actors = new WeakMap<ActiveServiceToken, Actor>()

  const actorOf = (token: ActiveServiceToken): Actor => {
    const { id, name, roles, expires_at } = token
    const known = actors.get(token)
    if (known !== undefined) return known
    const actor: Actor = {
      ...{ issuer: SERVICE_TOKEN_ISSUER, subject: `${SUBJECT}${id}`, name, roles },
      validUntilMs: expires_at.getTime(),
    }
    actors.set(token, actor)
    return actor
  }
  return {
    async identify(text, address) {
      if (!isTokenText(text))
        throw unauthenticated('the service token is not whole: send it as it was shown when it was made')
      const token = await tokens.find(hashOfToken(text))
      if (token === null)
        throw unauthenticated(
          'the service token is not taken: it was revoked, has expired, or is of another Rollcall',
        )
      const actor = actorOf(token)
      const minute = Math.floor(now() / MINUTE_MS)
      if (notedMinutes.get(token.id) !== minute) {
        notedMinutes.set(token.id, minute)
        void note(actor, token.id, { at: new Date(now()), address })
      }
      return actor
    },
    watch({ issuer, subject }, end) {
      if (issuer !== SERVICE_TOKEN_ISSUER) return null
      return tokens.watch(BigInt(subject.slice(SUBJECT.length)), end)
    },
  }
}

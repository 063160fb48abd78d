import type { Actor } from '../context/actor.ts'

/** How the API learns who asks. Each way to sign in is a provider. */
export type IdentityProvider = {
  mode: 'local' | 'oidc'
  /**
   * Who sent a request.
   * @param address where from, as ClientAddress has it
   * @param method of HTTP; left out: POST
   * @throws {RefusedIdentity} nobody vouches for its sender, or it has no role
   */
  identify: (headers: Headers, address: string, method?: string) => Promise<Actor>
  /** Resolves to what operators should know; rejects with why nobody can be identified. */
  check: () => Promise<string | undefined>
  /**
   * Ends what somebody goes on asking as soon as nobody vouches for them any more, or their roles are others.
   * @returns what ends the watching
   */
  watch?: (actor: Actor, end: () => void) => () => void
}

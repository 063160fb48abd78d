import type { ReplacedPool } from '../../../../db/connection/replaced-pool.ts'
import { deleteSessionsOf } from '../../../../db/sessions/browser-sessions.ts'
import { useOnce } from '../../../../db/sessions/used-once.ts'
import { LEEWAY_S } from '../../verify-token.ts'
import type { SessionStore } from '../session-store.ts'
import type { RecordSignIn } from '../sign-in-events.ts'
import { LOGOUT_TOKEN_MS, type LogoutRules, LogoutTokenRefused, verifyLogoutToken } from './logout-token.ts'

type Deps = LogoutRules & {
  primary: ReplacedPool
  store: SessionStore
  wayOf: (issuer: string) => string
  record: RecordSignIn
  /** Unix milliseconds. */
  clock: () => number
}

/**
 * Ends the sessions of which a provider says so (OpenID Connect Back-Channel Logout 1.0), with what they go on asking.
 * Whoever calls it waits until they have ended on the primary.
 * @throws {LogoutTokenRefused} the token is not what it should be, or was used before
 */
export async function endByBackChannel(
  { primary, store, wayOf, record, clock, ...rules }: Deps,
  token: string,
): Promise<void> {
  const notice = await verifyLogoutToken(token, rules, clock())
  const { issuer } = notice
  const ended = await primary.run((sql) =>
    sql.begin(async (tx) => {
      if (!(await useOnce(tx, notice.hash, LOGOUT_TOKEN_MS + LEEWAY_S * 1000)))
        throw new LogoutTokenRefused('the logout token is refused: it was used before')
      return await deleteSessionsOf(tx, notice)
    }),
  )
  for (const { idHash } of ended) store.forget(idHash)
  for (const { subject, name } of ended)
    await record({
      kind: 'endedByProvider',
      way: wayOf(issuer),
      person: { issuer, subject, name },
      address: null,
      reason: 'signed out there',
    })
}

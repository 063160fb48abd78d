import type { Config } from '../../config/config.ts'
import type { Logger } from '../../config/logger.ts'
import type { ReplacedPool } from '../../db/connection/replaced-pool.ts'
import type { Audit, CountRefusal } from '../context/audit.ts'
import { unauthenticated } from '../context/refused-identity.ts'
import { byBearer } from './by-bearer.ts'
import type { IdentityProvider } from './identify.ts'
import { localMode } from './local-mode.ts'
import { createOidc } from './oidc.ts'
import type { ServiceTokens } from './service-tokens/service-tokens.ts'
import { type BrowserSignIn, createBrowserSignIn } from './sessions/browser-sign-in.ts'
import { signInAudit } from './sessions/sign-in-events.ts'
import { logOfSignIn } from './sessions/log-of-sign-in.ts'

type Deps = {
  /** The primary, on which sessions are. */
  sessions: ReplacedPool
  audit: Audit
  /** Counts attempts to sign in that are not made. */
  refused: CountRefusal
  tokens: ServiceTokens
  logger: Logger
}

/**
 * The provider that the configuration names, and how people sign in in browsers; null: they do not. It is asked at once,
 * and needed only when somebody asks.
 */
export function identityOf(
  config: Config,
  { sessions, audit, refused, tokens, logger }: Deps,
): { identity: IdentityProvider; signIn: BrowserSignIn | null } {
  const { identity: given, ldap, signIn: signInConfig } = config
  if (given === null && ldap === null) return { identity: checked(localMode, logger), signIn: null }
  if (config.pseudonymKey === null)
    logger.warn(
      {},
      'PSEUDONYM_KEY is not set: roles that may not see persons see other pseudonyms after a restart, and from other APIs',
    )
  const oidc = given === null ? null : createOidc({ ...given, roleGroups: config.roleGroups }, Date.now)
  const bearers = byBearer(tokens, oidc)
  if (signInConfig === null) return { identity: checked(bearers, logger), signIn: null }
  const deps = {
    primary: sessions,
    keys: oidc?.keys ?? new Map(),
    record: signInAudit(audit, Date.now),
    refused,
    logger,
    clock: Date.now,
  }
  const signIn = createBrowserSignIn(config, signInConfig, deps)
  for (const line of logOfSignIn(signInConfig)) logger.info({}, line)
  // What it finds is logged, and asked again by /ready.
  for (const look of Object.values(signIn.readiness)) look().catch(() => undefined)
  return { identity: checked(withSessions(bearers, signIn), logger), signIn }
}

/** A token is asked for first: whoever sends one does not mean the cookie that their browser adds. */
const withSessions = (bearers: IdentityProvider, signIn: BrowserSignIn): IdentityProvider => ({
  ...bearers,
  identify: async (headers, address, method) => {
    if (signIn.isBySession(headers)) return await signIn.identify(headers, method)
    if (headers.has('authorization')) return await bearers.identify(headers, address, method)
    throw unauthenticated(
      `say who you are: sign in at ${signIn.publicUrl}/sign-in, or send the header Authorization: Bearer, with an access token`,
    )
  },
  watch: (actor, end) =>
    (actor.session === undefined ? bearers : signIn).watch?.(actor, end) ?? (() => undefined),
  check: async () => {
    signIn.check()
    return await bearers.check()
  },
})

function checked(identity: IdentityProvider, logger: Logger): IdentityProvider {
  identity.check().then(
    (said) => {
      logger.info({}, said ?? 'whoever asks has to prove who they are')
    },
    (error: unknown) => {
      logger.warn({ err: error }, 'nobody can be identified until the identity provider answers')
    },
  )
  return identity
}

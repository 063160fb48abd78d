import type { JWTVerifyGetKey } from 'jose'
import type { Config } from '../../../config/config.ts'
import type { SignInConfig } from '../../../config/sign-in.ts'
import type { ReplacedPool } from '../../../db/connection/replaced-pool.ts'
import type { CountRefusal } from '../../context/audit.ts'
import type { Logger } from '../../context/logger.ts'
import type { ReadinessChecks } from '../../../probes/probes.ts'
import { createAttemptLimits } from '../../limits/attempt-limits.ts'
import type { IdentityProvider } from '../identify.ts'
import { rolesOf } from '../roles-of.ts'
import { everyMinute, pastLimits } from './end-past-limits.ts'
import { endByBackChannel } from './oidc/back-channel-logout.ts'
import { createPendingSignIns } from './pending-sign-ins.ts'
import { createGroupReader, READ_GROUPS_MS } from './read-groups.ts'
import { createSeal } from './seal.ts'
import { cookiesOf, type Cookies } from './session-cookie.ts'
import { type IdentifySession, identifySessions, rolesOfSession } from './session-identity.ts'
import { createSessionStore } from './session-store.ts'
import type { RecordSignIn } from './sign-in-events.ts'
import type { SignInWay } from './sign-in-way.ts'
import { type Asking, createSignIn, type Sent, type SignIn } from './sign-in.ts'
import { signOut } from './sign-out.ts'
import { watchSessions } from './watch-sessions.ts'
import { waysOf } from './ways-of.ts'

/** How people sign in and out in browsers, and who is signed in. */
export type BrowserSignIn = SignIn &
  IdentifySession & {
    publicUrl: string
    ways: SignInWay[]
    cookies: Cookies
    signOut: (asking: Asking, atProvider: boolean) => Promise<Sent>
    /** Takes the logout token of a provider (back-channel logout). */
    endByIssuer: (token: string) => Promise<void>
    watch: NonNullable<IdentityProvider['watch']>
    /** @throws {SecretError} a secret cannot be read or used */
    check: () => void
    /** What /ready asks of the directory, if there is one. */
    readiness: ReadinessChecks
  }

type Deps = {
  primary: ReplacedPool
  /** Finds the keys of each issuer. */
  keys: ReadonlyMap<string, JWTVerifyGetKey>
  record: RecordSignIn
  /** Counts attempts that were not made, because there were too many. */
  refused: CountRefusal
  logger: Logger
  /** Unix milliseconds. */
  clock: () => number
}

/** Puts the parts of browser sign-in together. */
export function createBrowserSignIn(
  config: Config,
  signIn: SignInConfig,
  { primary, keys, record, refused, logger, clock }: Deps,
): BrowserSignIn {
  const { publicUrl, idleMs, maxMs } = signIn
  const { roleGroups } = config
  const { algorithms = [] } = config.identity ?? {}
  const groupsThatCount = new Set(Object.values(roleGroups).flat())
  const seal = createSeal(signIn.keys)
  const cookies = cookiesOf(publicUrl)
  const ways = waysOf(config, clock, logger)
  const limits = { idleMs, maxMs, readGroupsMs: READ_GROUPS_MS }
  const endPastLimits = pastLimits(primary, limits)
  everyMinute(endPastLimits, logger)
  const store = createSessionStore(primary, seal, limits, groupsThatCount, clock, endPastLimits)
  const rolesBy = (groups: readonly string[]) => rolesOf(groups, roleGroups)
  const shared = { publicUrl, ways, cookies, store, primary, record, logger }
  const current = createGroupReader({ ...shared, seal, rolesOf: rolesBy, groupsThatCount })
  const rolesNow = (session: Parameters<typeof rolesOfSession>[0]) => rolesOfSession(session, roleGroups)
  const watching = watchSessions(store, current, rolesNow, logger)
  const methodOf = (way: string) => ways.get(way)?.method ?? 'OPENID_CONNECT'
  const clients = new Map(signIn.clients.map(({ issuer, id }) => [issuer, id]))
  const wayOf = (issuer: string) => signIn.clients.find((client) => client.issuer === issuer)?.way ?? issuer
  return {
    publicUrl,
    ways: [...ways.values()],
    cookies,
    ...identifySessions({ ...shared, current, methodOf, roleGroups }),
    ...createSignIn({
      ...shared,
      pending: createPendingSignIns(cookies, seal, clock),
      rolesOf: rolesBy,
      limits: createAttemptLimits(clock),
      refused,
    }),
    readiness: Object.fromEntries(
      [...ways.values()].flatMap((way) => (way.kind === 'password' ? [['directory', way.ready]] : [])),
    ),
    check: () => {
      seal.check()
      for (const { secret } of signIn.clients) secret.read()
    },
    signOut: (asking, atProvider) => signOut(shared, asking, atProvider),
    endByIssuer: (token) => endByBackChannel({ ...shared, keys, clients, algorithms, wayOf, clock }, token),
    watch: ({ session, roles }, end) =>
      session === undefined ? () => undefined : watching.watch(session.idHash, roles, end),
  }
}

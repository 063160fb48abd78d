import { setTimeout as sleep } from 'node:timers/promises'
import { withDeadline } from '../../../concurrency/with-deadline.ts'
import type { ReplacedPool } from '../../../db/connection/replaced-pool.ts'
import { putGroupReadingOff, storeGroups, takeGroupReading } from '../../../db/sessions/group-readings.ts'
import type { Role } from '../../../domain/access/role.ts'
import { type RepeatedFault, repeatedFault } from '../../../config/repeated-fault.ts'
import type { Logger } from '../../context/logger.ts'
import { RefusedIdentity } from '../../context/refused-identity.ts'
import type { Seal } from './seal.ts'
import { keyOf, placeOf, type Session, type SessionStore } from './session-store.ts'
import type { RecordSignIn } from './sign-in-events.ts'
import { SignInRefused, type SignInWay } from './sign-in-way.ts'

/** How old groups get before they are read again. */
export const READ_GROUPS_MS = 5 * 60_000
/** While the issuer is away, a session goes on with groups up to this age. */
export const GROUPS_KEPT_MS = 60 * 60_000
/** An issuer that is away is asked again after this time. */
const ASK_AGAIN_MS = 10_000
/** An issuer that does not answer in this time is away. Some ask twice: for a token, and with it. */
const TIMEOUT_MS = 12_000
/** How often it is looked whether another API has read the groups. */
const LOOK_MS = 100

const words = {
  primary: {
    level: 'warn',
    failing: 'the groups of a session cannot be read or kept, for want of the primary',
    works: 'the groups of sessions are kept again',
  },
  way: {
    level: 'warn',
    failing: 'the groups of a session cannot be read again for now',
    works: 'the groups of sessions are read again',
  },
} as const

type Deps = {
  primary: ReplacedPool
  seal: Seal
  store: SessionStore
  ways: ReadonlyMap<string, SignInWay>
  rolesOf: (groups: readonly string[]) => Role[]
  groupsThatCount: ReadonlySet<string>
  record: RecordSignIn
  logger: Logger
}

/**
 * Reads the groups of sessions again when that is due, once for all requests of all APIs: of refresh tokens that are
 * used up by use, a second use would end the session at the provider.
 * @returns the session as it is now; null: it has ended, because its issuer says so or its groups give no role any more
 */
export function createGroupReader(given: Deps): (session: Session) => Promise<Session | null> {
  const { primary, store, logger } = given
  const deps = { ...given, fault: repeatedFault(logger, words.way) }
  const fault = repeatedFault(logger, words.primary)
  const readings = new Map<string, Promise<Session | null>>()
  const again = async ({ idHash }: Session) => (await store.findAll([idHash]))[0] ?? null

  const readOnce = async (session: Session): Promise<Session | null> => {
    const taken = await primary.run((sql) => takeGroupReading(sql, session.idHash))
    if (taken !== undefined) {
      if (!(await readNow(deps, session, taken.sealed))) return null
      return await again(session)
    }
    const untilMs = performance.now() + TIMEOUT_MS
    let now = await again(session)
    while (now?.isDue === true && !now.isRemembered && performance.now() < untilMs) {
      await sleep(LOOK_MS)
      now = await again(session)
    }
    return now
  }
  return async (session) => {
    if (!session.isDue || session.isRemembered) return session
    const key = keyOf(session.idHash)
    const reading =
      readings.get(key) ??
      readOnce(session).finally(() => {
        readings.delete(key)
      })
    readings.set(key, reading)
    const now = await reading.catch((error: unknown) => {
      if (error instanceof RefusedIdentity) throw error
      fault.failed({ error: String(error) })
      return { ...session, isRemembered: true }
    })
    if (now?.isRemembered !== true) fault.worked()
    if (now !== null && now.groupsAgeMs > GROUPS_KEPT_MS) throw tooOld(now)
    return now
  }
}

/** @returns whether the session goes on */
async function readNow(
  deps: Deps & { fault: RepeatedFault },
  session: Session,
  sealed: Buffer | null,
): Promise<boolean> {
  const { primary, seal, ways, fault } = deps
  const { idHash, issuer, subject } = session
  const way = ways.get(session.way)
  const secret = sealed === null ? null : seal.open(sealed, placeOf(idHash))
  if (way === undefined || (sealed !== null && secret === null))
    return await end(deps, session, 'what reads its groups is gone: sign in again')
  try {
    const read = await withDeadline(way.readGroups({ issuer, subject, secret }), { milliseconds: TIMEOUT_MS })
    fault.worked()
    const [before, after] = [deps.rolesOf(session.groups), deps.rolesOf(read.groups)]
    if (after.length === 0) return await end(deps, session, 'none of its groups has a role any more')
    const now = {
      name: read.name,
      groups: read.groups.filter((group) => deps.groupsThatCount.has(group)),
      sealed: read.secret === null ? null : seal.close(read.secret, placeOf(idHash)),
      againAfterMs: READ_GROUPS_MS,
    }
    await primary.run((sql) => storeGroups(sql, idHash, now))
    if (after.join() !== before.join())
      await deps.record({ kind: 'rolesChanged', person: { issuer, subject, name: read.name }, before, after })
    return true
  } catch (error) {
    if (error instanceof SignInRefused) return await end(deps, session, error.message)
    // The message alone: what an error holds besides may have a token in it.
    const message = error instanceof Error ? error.message : String(error)
    fault.failed({ error: message, way: way.id })
    await primary.run((sql) => putGroupReadingOff(sql, idHash, ASK_AGAIN_MS))
    return true
  }
}

async function end({ store, record }: Deps, session: Session, reason: string): Promise<false> {
  const { idHash, way, issuer, subject, name } = session
  await store.end(idHash)
  await record({ kind: 'endedByProvider', way, person: { issuer, subject, name }, address: null, reason })
  return false
}

const tooOld = ({ issuer }: Session) =>
  new RefusedIdentity(
    'IDENTITY_UNAVAILABLE',
    `your groups could not be read for ${GROUPS_KEPT_MS / 60_000} minutes, because ${issuer} does not answer: ask again in a moment`,
  )

import { repeatedFault } from '../../../config/repeated-fault.ts'
import type { Actor } from '../../context/actor.ts'
import type { Logger } from '../../context/logger.ts'
import { keyOf, type Session, type SessionStore } from './session-store.ts'

/** How soon a subscription ends after its session has ended at another API, or has other roles. */
const LOOK_MS = 2_000

type Watched = { idHash: Buffer; roles: string; end: () => void }

export type WatchSessions = {
  /** Ends what an actor of a session goes on asking when the session ends or has other roles. */
  watch: (idHash: Buffer, roles: Actor['roles'], end: () => void) => () => void
  /** Looks now, and not in two seconds. */
  look: () => Promise<void>
}

/**
 * Watches the sessions of subscriptions: those that this API ends, at once; all of them on the primary every two
 * seconds, as long as there are any.
 * @param current the session as it is now, with its groups read again where that is due; null: it has ended
 */
export function watchSessions(
  store: SessionStore,
  current: (session: Session) => Promise<Session | null>,
  rolesOf: (session: Session) => Actor['roles'],
  logger: Logger,
): WatchSessions {
  const watched = new Map<string, Set<Watched>>()
  let timer: NodeJS.Timeout | null = null
  const fault = repeatedFault(logger, {
    level: 'warn',
    failing: 'the sessions of subscriptions could not be checked',
    works: 'the sessions of subscriptions are checked again',
  })

  const endAll = (key: string) => {
    for (const { end } of watched.get(key) ?? []) end()
  }
  const isAsBefore = async (session: Session, each: Watched) => {
    const now = await current(session).catch(() => null)
    return now !== null && rolesOf(now).join() === each.roles
  }
  const look = async () => {
    const all = [...watched.values()].flatMap((set) => [...set])
    const hashes = new Map(all.map(({ idHash }) => [keyOf(idHash), idHash]))
    const found = new Map(
      (await store.findAll([...hashes.values()])).map((session) => [keyOf(session.idHash), session]),
    )
    await Promise.all(
      all.map(async (each) => {
        const session = found.get(keyOf(each.idHash))
        if (session === undefined || !(await isAsBefore(session, each))) each.end()
      }),
    )
  }
  const schedule = () => {
    timer ??= setTimeout(() => {
      look()
        .then(fault.worked, (error: unknown) => {
          fault.failed({ error: String(error) })
        })
        .finally(() => {
          timer = null
          if (watched.size > 0) schedule()
        })
    }, LOOK_MS).unref()
  }
  store.onEnd(endAll)
  return {
    look,
    watch: (idHash, roles, end) => {
      const key = keyOf(idHash)
      const each = { idHash, roles: roles.join(), end }
      const set = watched.get(key) ?? new Set()
      watched.set(key, set.add(each))
      schedule()
      return () => {
        set.delete(each)
        if (set.size === 0 && watched.get(key) === set) watched.delete(key)
      }
    },
  }
}

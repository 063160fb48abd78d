import { randomUUID } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { repeatedFault } from '../../config/repeated-fault.ts'
import { withDeadline } from '../../concurrency/with-deadline.ts'
import type { AuditEvent } from '../../domain/audit/audit-event.ts'
import { auditedActor } from '../../db/ledger/control-events.ts'
import type { LookAudit, Viewer } from '../context/audit.ts'
import type { Logger } from '../context/logger.ts'
import type { Seen } from '../context/look.ts'

/** An answer waits no longer for the audit. */
const WRITE_DEADLINE_MS = 3_000
/** The same look of the same viewer is one event within it: pages that ask again and again show the same. */
const SAME_LOOK_MS = 60_000
/** Looks that are known to be in the audit. One that is forgotten gets another event. */
const MOST_KNOWN = 10_000
/** Events of one statement: a few megabytes at most. */
const AT_ONCE = 100
/** Looks that wait at a time; answers beyond are refused at once. */
const MOST_WAITING = 1_000

type Waiting = { event: AuditEvent; resolve: () => void; reject: (error: unknown) => void }

/**
 * Audits looks. One statement is under way at a time, which has all that came during the one before: the chain is written by one
 * anyway, and many looks cost little more than one.
 * @param append writes events on the primary, all or none
 * @param clock Unix milliseconds
 */
export function createLookAudit(
  append: (events: readonly AuditEvent[]) => Promise<void>,
  clock: () => number,
  logger: Logger,
): LookAudit {
  const known = new LRUCache<string, { atMs: number; recorded: Promise<boolean> }>({ max: MOST_KNOWN })
  const waiting: Waiting[] = []
  let isWriting = false
  const fault = repeatedFault(logger, {
    level: 'warn',
    failing:
      'answers about persons are refused, because the audit on the primary does not take who asks for them (AUDIT_READS)',
    works: 'answers about persons are given again: the audit takes who asks for them',
  })

  const write = async () => {
    isWriting = true
    while (waiting.length > 0) {
      const some = waiting.splice(0, AT_ONCE)
      try {
        await append(some.map(({ event }) => event))
        for (const { resolve } of some) resolve()
      } catch (error) {
        for (const { reject } of some) reject(error)
      }
    }
    isWriting = false
  }
  const appended = async (event: AuditEvent): Promise<void> => {
    if (waiting.length >= MOST_WAITING) throw new Error(`${MOST_WAITING} looks wait for the audit already`)
    const { promise, resolve, reject } = Promise.withResolvers<undefined>()
    const mine: Waiting = {
      event,
      resolve: () => {
        resolve(undefined)
      },
      reject,
    }
    waiting.push(mine)
    if (!isWriting) void write()
    await withDeadline(promise, {
      milliseconds: WRITE_DEADLINE_MS,
      message: `the primary did not answer within ${WRITE_DEADLINE_MS} ms`,
    }).finally(() => {
      const place = waiting.indexOf(mine)
      if (place !== -1) waiting.splice(place, 1)
    })
  }
  const attempt = async (event: AuditEvent): Promise<boolean> => {
    try {
      await appended(event)
      fault.worked()
      return true
    } catch (error) {
      fault.failed({ error: messageOf(error) })
      return false
    }
  }
  return {
    record: async (viewer, seen) => {
      const key = keyOf(viewer, seen)
      const earlier = known.get(key)
      const nowMs = clock()
      // A clock that was put back makes no look an old one.
      if (earlier !== undefined && Math.abs(nowMs - earlier.atMs) < SAME_LOOK_MS)
        return await earlier.recorded
      const look = { atMs: nowMs, recorded: attempt(eventOf(viewer, seen, nowMs)) }
      known.set(key, look)
      if (await look.recorded) return true
      if (known.peek(key) === look) known.delete(key)
      return false
    },
  }
}

const keyOf = ({ actor: { issuer, subject }, address, by }: Viewer, { digest }: Seen): string =>
  JSON.stringify([issuer, subject, address, by, digest])

function eventOf(
  { actor, by, address, requestId }: Viewer,
  { fields, counts, whom, more }: Seen,
  nowMs: number,
): AuditEvent<'persons_read'> {
  return {
    id: randomUUID(),
    kind: 'persons_read',
    at: new Date(nowMs).toISOString(),
    actor: auditedActor(actor),
    result: 'done',
    detail: { by, address, requestId, fields, counts, whom, more },
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

import { atMostEach } from '../concurrency/at-most-each.ts'
import { withDeadline } from '../concurrency/with-deadline.ts'

/**
 * One check per part: it resolves if the part answers, to a text if there is something to say of it, and rejects
 * with the reason if it does not.
 */
export type ReadinessChecks = Record<string, () => Promise<unknown>>

type Readiness<Problem> = {
  ready: boolean
  parts: Record<string, { ok: boolean; message?: string }>
  /**
   * Problems of ingestion, which do not make the process unready. Null if they were not asked for or not
   * known in time.
   */
  problems: Problem[] | null
}

/** Answer to a probe; `body` becomes JSON. */
type ProbeAnswer = { status: number; body: object }

/**
 * Orchestrators give up on a probe after a few seconds, and a part that needs longer is no use to a request
 * either.
 */
const DEADLINE_MS = 2_000

/**
 * Answers the probes of a process, `/ready` by one look for all who ask meanwhile. `/health` says that it runs. `/ready` answers 200 if every part that the
 * process needs answers, else 503; with `?exclude=kafka,temporal` those need not, as in probes of Kubernetes' own API server. Its body
 * has each part, and the problems of ingestion, which no restart would solve. Strangers learn which parts answer and nothing else:
 * messages name hosts and settings.
 * @param log is told what the process is not ready for
 */
export function createProbes<Problem>(
  checks: ReadinessChecks,
  readProblems: () => Promise<Problem[] | null>,
  log: ProbeLog,
): Probes {
  const parts = oneForAll(async () => {
    const read = await readParts(checks)
    say(read)
    return read
  })
  const problems = oneForAll(() => inTime(readProblems).catch(() => null))
  const say = ({ ready, parts }: Omit<Readiness<Problem>, 'problems'>) => {
    if (ready) log.worked()
    else log.failed(whatFails(parts))
  }
  return async (target, mayKnow) => {
    const [path, query] = target?.split('?', 2) ?? []
    if (path === '/health') return { status: 200, body: { ok: true } }
    if (path !== '/ready') return null
    const isTold = await mayKnow()
    const [read, found] = await Promise.all([parts(), isTold ? problems() : null])
    const excluded = new URLSearchParams(query).getAll('exclude').flatMap((names) => names.split(','))
    const ready = Object.entries(read.parts).every(([name, { ok }]) => ok || excluded.includes(name))
    const body: Readiness<Problem> = {
      ready,
      parts: isTold ? read.parts : brief(read.parts),
      problems: found,
    }
    return { status: ready ? 200 : 503, body }
  }
}

/**
 * Answers one probe; null: the path is of none.
 * @param target path and query
 * @param mayKnow whether who asks may know more than which parts answer
 */
type Probes = (target: string | undefined, mayKnow: () => Promise<boolean>) => Promise<ProbeAnswer | null>

/** What the log says of a process that is not ready. */
export const readinessWords = {
  level: 'warn',
  failing: 'not ready: a part does not answer',
  works: 'all parts answer again: ready',
} as const

/** Is told each time of what does not answer, or that all does. */
export type ProbeLog = { failed: (fields: { parts: string[]; error: string }) => void; worked: () => void }

const whatFails = (parts: Readiness<never>['parts']) => {
  const failing = Object.entries(parts).filter(([, { ok }]) => !ok)
  return {
    parts: failing.map(([name]) => name),
    error: failing.map(([name, { message = '' }]) => `${name}: ${message}`).join('; '),
  }
}

const brief = (parts: Readiness<never>['parts']) =>
  Object.fromEntries(Object.entries(parts).map(([name, { ok }]) => [name, { ok }]))

/** Looks once for all who ask meanwhile. */
const oneForAll = <T>(look: () => Promise<T>): (() => Promise<T>) =>
  atMostEach(0, () => performance.now(), look)

/** Checks all parts at the same time. */
async function readParts(checks: ReadinessChecks): Promise<Omit<Readiness<never>, 'problems'>> {
  const parts = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => [name, await outcomeOf(check)] as const),
  )
  return { ready: parts.every(([, { ok }]) => ok), parts: Object.fromEntries(parts) }
}

async function outcomeOf(check: () => Promise<unknown>): Promise<{ ok: boolean; message?: string }> {
  try {
    const said = await inTime(check)
    return typeof said === 'string' ? { ok: true, message: said } : { ok: true }
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error) }
  }
}

const inTime = async <T>(work: () => Promise<T>): Promise<T> =>
  await withDeadline(work(), { milliseconds: DEADLINE_MS, message: `no answer within ${DEADLINE_MS} ms` })

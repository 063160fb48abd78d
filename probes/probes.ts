import pTimeout from 'p-timeout'

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
 * Answers the probes of a process. `/health` says that it runs. `/ready` answers 200 if every part that the
 * process needs answers, else 503. Its body has each part, and the problems of ingestion, which no restart
 * would solve.
 * @returns null for any other path
 */
export async function answerProbe<Problem>(
  path: string | undefined,
  checks: ReadinessChecks,
  readProblems: () => Promise<Problem[] | null>,
): Promise<ProbeAnswer | null> {
  if (path === '/health') return { status: 200, body: { ok: true } }
  if (path !== '/ready') return null
  const readiness = await readReadiness(checks, readProblems)
  return { status: readiness.ready ? 200 : 503, body: readiness }
}

/** Checks all parts at the same time. */
async function readReadiness<Problem>(
  checks: ReadinessChecks,
  readProblems: () => Promise<Problem[] | null>,
): Promise<Readiness<Problem>> {
  const [parts, problems] = await Promise.all([
    Promise.all(Object.entries(checks).map(async ([name, check]) => [name, await outcomeOf(check)] as const)),
    inTime(readProblems).catch(() => null),
  ])
  return { ready: parts.every(([, { ok }]) => ok), parts: Object.fromEntries(parts), problems }
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
  await pTimeout(work(), { milliseconds: DEADLINE_MS, message: `no answer within ${DEADLINE_MS} ms` })

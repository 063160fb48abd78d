import pTimeout from 'p-timeout'

/** Each check resolves when its part answers and rejects with the reason when it does not. */
export type ReadinessChecks = Record<string, () => Promise<unknown>>

export type Readiness<Problem> = {
  ready: boolean
  parts: Record<string, { ok: boolean; message?: string }>
  /** What is not as it should be of ingestion; null: not asked, or not known in time. It makes nothing unready. */
  problems: Problem[] | null
}

/** What a probe is answered, as JSON. */
export type ProbeAnswer = { status: number; body: object }

/** Orchestrators give up on a probe after a few seconds; a part that needs longer is no use to a request either. */
const DEADLINE_MS = 2_000

/**
 * Answers the probes of a process. /health: it lives. /ready: every part that it needs answers, else 503; each part is in the
 * body, and the problems of ingestion, which no restart would mend, are beside them.
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

/** Asks every part at once; ready means that all answer. */
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
    await inTime(check)
    return { ok: true }
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error) }
  }
}

const inTime = async <T>(work: () => Promise<T>): Promise<T> =>
  await pTimeout(work(), { milliseconds: DEADLINE_MS, message: `no answer within ${DEADLINE_MS} ms` })

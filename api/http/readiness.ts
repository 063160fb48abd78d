import pTimeout from 'p-timeout'
import type { IngestionProblem } from '../pipeline/problems.ts'

export type PartName = 'postgres' | 'temporal' | 'kafka'

/** Each check resolves when its part answers and throws when it does not. */
export type ReadinessChecks = Record<PartName, () => Promise<unknown>>

export type Readiness = {
  ready: boolean
  parts: Record<PartName, { ok: boolean; message?: string }>
  /** What is not as it should be of ingestion; null: not known in time. It makes no API unready. */
  problems: IngestionProblem[] | null
}

/** Orchestrators give up on a probe after a few seconds; a part that needs longer is no use to a request either. */
const DEADLINE_MS = 2_000

/** Asks every part at once; ready means that all answer. */
export async function readReadiness(
  checks: ReadinessChecks,
  readProblems: () => Promise<IngestionProblem[]>,
): Promise<Readiness> {
  const [postgres, temporal, kafka, problems] = await Promise.all([
    outcomeOf(checks.postgres),
    outcomeOf(checks.temporal),
    outcomeOf(checks.kafka),
    inTime(readProblems).catch(() => null),
  ])
  return { ready: postgres.ok && temporal.ok && kafka.ok, parts: { postgres, temporal, kafka }, problems }
}

async function outcomeOf(check: () => Promise<unknown>): Promise<{ ok: boolean; message?: string }> {
  try {
    await inTime(check)
    return { ok: true }
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error) }
  }
}

const inTime = <T>(work: () => Promise<T>): Promise<T> =>
  pTimeout(work(), { milliseconds: DEADLINE_MS, message: `no answer within ${DEADLINE_MS} ms` })

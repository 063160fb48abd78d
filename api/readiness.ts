export type PartName = 'postgres' | 'temporal' | 'kafka'

/** Each check resolves when its part answers and throws when it does not. */
export type ReadinessChecks = Record<PartName, () => Promise<unknown>>

export type Readiness = { ready: boolean; parts: Record<PartName, { ok: boolean; message?: string }> }

/** Orchestrators give up on a probe after a few seconds; a part that needs longer is no use to a request either. */
const DEADLINE_MS = 2_000

/** Asks every part at once; ready means that all answer. */
export async function readReadiness(checks: ReadinessChecks): Promise<Readiness> {
  const [postgres, temporal, kafka] = await Promise.all([
    outcomeOf(checks.postgres),
    outcomeOf(checks.temporal),
    outcomeOf(checks.kafka),
  ])
  return { ready: postgres.ok && temporal.ok && kafka.ok, parts: { postgres, temporal, kafka } }
}

async function outcomeOf(check: () => Promise<unknown>): Promise<{ ok: boolean; message?: string }> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => {
    late.reject(new Error(`no answer within ${DEADLINE_MS} ms`))
  }, DEADLINE_MS)
  try {
    await Promise.race([check(), late.promise])
    return { ok: true }
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error) }
  } finally {
    clearTimeout(timer)
  }
}

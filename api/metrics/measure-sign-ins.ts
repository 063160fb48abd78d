import type { apiMetrics } from '../../metrics/api-metrics.ts'
import type { MadeMetrics } from '../../metrics/metric.ts'
import type { BrowserSignIn } from '../identity/sessions/browser-sign-in.ts'
import { SignInBusy } from '../identity/sessions/sign-in.ts'
import { SignInRefused } from '../identity/sessions/sign-in-way.ts'
import { TooManyAttempts } from '../limits/attempt-limits.ts'

type Metrics = Pick<MadeMetrics<typeof apiMetrics>, 'rollcall_sign_ins_total' | 'rollcall_rate_limited_total'>

/** Counts attempts to sign in by what comes of them. */
export function measureSignIns(signIn: BrowserSignIn, metrics: Metrics): BrowserSignIn {
  const methods = new Map(signIn.ways.map(({ id, method }) => [id, method.toLowerCase()]))
  const counted = async <T>(way: string, attempt: Promise<T>): Promise<T> => {
    const count = (outcome: 'signed_in' | 'refused' | 'limited' | 'failed') => {
      metrics.rollcall_sign_ins_total.inc({ method: methods.get(way) ?? 'unknown', outcome })
      if (outcome === 'limited') metrics.rollcall_rate_limited_total.inc({ limit: 'sign_in' })
    }
    try {
      const result = await attempt
      count('signed_in')
      return result
    } catch (error) {
      count(outcomeOf(error))
      throw error
    }
  }
  return {
    ...signIn,
    complete: (asking, way, answer) => counted(way, signIn.complete(asking, way, answer)),
    byPassword: (asking, way, given) => counted(way, signIn.byPassword(asking, way, given)),
  }
}

function outcomeOf(error: unknown): 'refused' | 'limited' | 'failed' {
  if (error instanceof SignInRefused) return 'refused'
  return error instanceof TooManyAttempts || error instanceof SignInBusy ? 'limited' : 'failed'
}

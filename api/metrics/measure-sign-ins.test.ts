import { Registry } from 'prom-client'
import { expect, test } from 'vitest'
import { apiMetrics } from '../../metrics/api-metrics.ts'
import { makeMetrics } from '../../metrics/metric.ts'
import type { BrowserSignIn } from '../identity/sessions/browser-sign-in.ts'
import { SignInBusy } from '../identity/sessions/sign-in.ts'
import { SignInRefused } from '../identity/sessions/sign-in-way.ts'
import { TooManyAttempts } from '../limits/attempt-limits.ts'
import { measureSignIns } from './measure-sign-ins.ts'

const asking = { headers: new Headers(), address: '192.0.2.1' }
const given = { user: 'a-person', password: 'x', to: null }

test.each([
  ['signed_in', null],
  ['refused', new SignInRefused('the name or the password is wrong')],
  ['limited', new TooManyAttempts(1_000)],
  ['limited', new SignInBusy('too many people sign in')],
  ['failed', new Error('the directory is away')],
])('an attempt is counted as %s, and passes as it was', async (outcome, error) => {
  const registry = new Registry()
  const sent = { to: '/', cookies: [] }
  const attempt = () => (error === null ? Promise.resolve(sent) : Promise.reject(error))
  const signIn = {
    ways: [{ id: 'directory', method: 'LDAP' }],
    byPassword: attempt,
    complete: attempt,
  } as unknown as BrowserSignIn
  const measured = measureSignIns(signIn, makeMetrics(registry, apiMetrics))
  const results = await Promise.allSettled([
    measured.byPassword(asking, 'directory', given),
    measured.complete(asking, 'invented-by-a-stranger', new URL('https://rollcall.example')),
  ])
  expect(results.map((one) => (one.status === 'fulfilled' ? one.value : (one.reason as unknown)))).toEqual(
    error === null ? [sent, sent] : [error, error],
  )
  const served = await registry.metrics()
  expect(served).toContain(`rollcall_sign_ins_total{method="ldap",outcome="${outcome}"} 1`)
  expect(served).toContain(`rollcall_sign_ins_total{method="unknown",outcome="${outcome}"} 1`)
  expect(served.includes('rollcall_rate_limited_total{limit="sign_in"} 2')).toBe(outcome === 'limited')
  expect(served).not.toMatch(/a-person|invented/)
})

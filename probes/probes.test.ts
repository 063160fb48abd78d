import { expect, test } from 'vitest'
import { answerProbe } from './probes.ts'

const ok = () => Promise.resolve()
const noProblems = () => Promise.resolve(null)

test('/health answers without asking any part', async () => {
  const never = () => new Promise<never>(() => undefined)
  expect(await answerProbe('/health', { kafka: never }, never)).toEqual({ status: 200, body: { ok: true } })
})

test('/ready has every part that is checked in one shape, whichever process is asked', async () => {
  const away = () => Promise.reject(new Error('connection refused'))
  expect(await answerProbe('/ready', { postgres: ok, kafka: away }, noProblems)).toEqual({
    status: 503,
    body: {
      ready: false,
      parts: { postgres: { ok: true }, kafka: { ok: false, message: 'connection refused' } },
      problems: null,
    },
  })
  expect(await answerProbe('/ready', { postgres: ok }, noProblems)).toMatchObject({ status: 200 })
})

test('a check that throws before it has begun makes its part unready, and nothing else', async () => {
  const broken = () => {
    throw new Error('no connection was made')
  }
  expect(await answerProbe('/ready', { temporal: broken, kafka: ok }, noProblems)).toMatchObject({
    status: 503,
    body: { parts: { temporal: { ok: false, message: 'no connection was made' }, kafka: { ok: true } } },
  })
})

test('any other path is no probe', async () => {
  for (const path of ['/', '/ready/', '/healthz', undefined])
    expect(await answerProbe(path, {}, noProblems)).toBeNull()
})

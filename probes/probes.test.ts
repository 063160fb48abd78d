import { expect, test } from 'vitest'
import { createProbes, type ReadinessChecks } from './probes.ts'

const ok = () => Promise.resolve()
const noProblems = () => Promise.resolve(null)
const quiet = { failed: () => undefined, worked: () => undefined }
const answerProbe = (
  path: string | undefined,
  checks: ReadinessChecks,
  readProblems: () => Promise<object[] | null>,
  mayKnow = true,
) => createProbes(checks, readProblems, quiet)(path, () => Promise.resolve(mayKnow))

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

test('/ready excludes the parts that whoever asks does not need: they may be away, and are listed all the same', async () => {
  const away = () => Promise.reject(new Error('connection refused'))
  const checks = { postgres: ok, kafka: away, temporal: away }
  for (const target of ['/ready?exclude=kafka,temporal', '/ready?exclude=kafka&exclude=temporal'])
    expect(await answerProbe(target, checks, noProblems), target).toMatchObject({
      status: 200,
      body: { ready: true, parts: { kafka: { ok: false, message: 'connection refused' } } },
    })
  for (const target of ['/ready?exclude=kafka', '/ready?exclude=', '/ready?exclude=postgres,other'])
    expect(await answerProbe(target, checks, noProblems), target).toMatchObject({
      status: 503,
      body: { ready: false },
    })
})

test('any other path is no probe', async () => {
  for (const path of ['/', '/ready/', '/healthz', undefined])
    expect(await answerProbe(path, {}, noProblems)).toBeNull()
})

test('a stranger learns which part does not answer, and neither why nor what is wrong with ingestion', async () => {
  const away = () => Promise.reject(new Error('connect ECONNREFUSED 10.1.2.3:5432'))
  const readProblems = () => Promise.resolve([{ message: 'partition 3 is halted' }])
  expect(await answerProbe('/ready', { postgres: away, kafka: ok }, readProblems, false)).toEqual({
    status: 503,
    body: { ready: false, parts: { postgres: { ok: false }, kafka: { ok: true } }, problems: null },
  })
})

test('probes that come at once are one look at the parts, and the log is told which do not answer, and why', async () => {
  let looks = 0
  let isAway = true
  const part = () => {
    looks++
    return isAway ? Promise.reject(new Error('refused')) : Promise.resolve()
  }
  const told: unknown[] = []
  const probes = createProbes({ postgres: part, kafka: () => Promise.resolve() }, noProblems, {
    failed: (fields) => told.push(fields),
    worked: () => told.push('works'),
  })
  const ask = () => probes('/ready', () => Promise.resolve(false))
  await Promise.all([ask(), ask(), ask()])
  expect([looks, told]).toEqual([1, [{ parts: ['postgres'], error: 'postgres: refused' }]])
  isAway = false
  await ask()
  expect([looks, told.at(-1)]).toEqual([2, 'works'])
})

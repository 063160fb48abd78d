import { expect, test, vi } from 'vitest'
import { activeSpan, activeTrace, during, errorType, traced, within } from './active-span.ts'
import { sdkTracing } from './sdk-tracing.ts'
import { startTracing } from './start-tracing.ts'
import { collectorAnswering, optionsTo } from '../test/support/traces/collector-answering.ts'

const service = { role: 'worker', version: '1.2.3', instance: '1@here' } as const
const reports = () => ({ lost: vi.fn(), taken: vi.fn() })
const nowhere = 'http://127.0.0.1:9/v1/traces'
const TRACE = '0af7651916cd43dd8448eb211c80319c'
const SPAN = 'b7ad6b7169203331'

test('without options nothing is traced, and nothing is waited for', async () => {
  const tracing = await startTracing(null, service, reports())
  expect(tracing.begin('work')).toBeNull()
  await tracing.close()
  expect(activeTrace()).toBeNull()
  expect(await during(null, () => Promise.resolve(activeSpan()))).toBeNull()
  expect(
    await traced(
      'part',
      () => expect.fail('nobody asks for it'),
      () => Promise.resolve(7),
    ),
  ).toBe(7)
})

test('work knows its span however deep it is, and no longer once that has ended', async () => {
  const tracing = sdkTracing(optionsTo(nowhere), service, reports())
  const span = tracing.begin('work') ?? expect.fail('not sampled')
  await within(span, async () => {
    await Promise.resolve()
    expect(activeTrace()).toMatchObject({ traceId: span.traceId, spanId: span.spanId })
    await traced(
      'part',
      () => ({}),
      () => {
        expect(activeSpan()?.traceId).toBe(span.traceId)
        expect(activeSpan()?.spanId).not.toBe(span.spanId)
        return Promise.resolve()
      },
    )
    span.end()
    span.end()
    expect(activeTrace()).toBeNull()
  })
  expect(activeTrace()).toBeNull()
})

test('a trace goes on from a caller as that has sampled it, and not from a text that is no traceparent', () => {
  const tracing = sdkTracing(optionsTo(nowhere), service, reports())
  expect(tracing.begin('work', { parent: `00-${TRACE}-${SPAN}-01` })?.traceId).toBe(TRACE)
  expect(tracing.begin('work', { parent: `00-${TRACE}-${SPAN}-00` })).toBeNull()
  expect(tracing.begin('work', { parent: `01-${TRACE}-${SPAN}-03-more` })?.traceId).toBe(TRACE)
  for (const parent of [
    '',
    `00-${TRACE}-${SPAN}-01, 00-${TRACE}-${SPAN}-01`,
    `00-${'0'.repeat(32)}-${SPAN}-01`,
  ])
    expect(tracing.begin('work', { parent })?.traceId).toMatch(/^(?!0af7651916)[0-9a-f]{32}$/)
})

test.each([
  ['always_on', 1, 5],
  ['always_off', 1, 0],
  ['traceidratio', 0, 0],
  ['parentbased_always_on', 0, 5],
  ['parentbased_always_off', 1, 0],
  ['parentbased_traceidratio', 1, 5],
  ['parentbased_traceidratio', 0, 0],
] as const)('%s with a share of %d keeps %d of 20 traces under a bound of five', (kind, ratio, kept) => {
  vi.useFakeTimers({ toFake: ['performance'] })
  try {
    const tracing = sdkTracing(
      optionsTo(nowhere, { sampler: { kind, ratio }, perSecond: 5 }),
      service,
      reports(),
    )
    const begun = Array.from({ length: 20 }, () => tracing.begin('work'))
    expect(begun.filter((span) => span !== null)).toHaveLength(kept)
  } finally {
    vi.useRealTimers()
  }
})

test('the bound holds for callers who want each request sampled, fills up again, and leaves out no part of a trace', () => {
  vi.useFakeTimers({ toFake: ['performance'] })
  try {
    const tracing = sdkTracing(optionsTo(nowhere, { perSecond: 2 }), service, reports())
    const begin = () => tracing.begin('work', { parent: `00-${TRACE}-${SPAN}-01` })
    const [first, second, third] = [begin(), begin(), begin()]
    expect([first === null, second === null, third]).toEqual([false, false, null])
    expect(first?.child('part').child('part of it').hasEnded).toBe(false)
    vi.advanceTimersByTime(500)
    expect([begin() === null, begin()]).toEqual([false, null])
    vi.advanceTimersByTime(60_000)
    expect(Array.from({ length: 9 }, begin).filter((span) => span !== null)).toHaveLength(2)
  } finally {
    vi.useRealTimers()
  }
})

test('a collector that never answers does not keep a process from ending until it is given up, however much waits', async () => {
  const { url } = await collectorAnswering(() => null)
  const report = reports()
  const tracing = sdkTracing(optionsTo(url), service, report)
  for (let n = 0; n < 9_000; n++) tracing.begin('work')?.end()
  await tracing.close()
  expect(report.lost).not.toHaveBeenCalled()
})

test('that a collector refuses is told once, and once that it takes spans again', async () => {
  let status = 400
  const { url, requests } = await collectorAnswering(() => status)
  const report = reports()
  const tracing = sdkTracing(optionsTo(url), service, report)
  const fill = async (sent: number) => {
    // So many are sent at once.
    for (let n = 0; n < 512; n++) tracing.begin('work')?.end()
    await vi.waitFor(() => {
      expect(requests()).toBe(sent)
    }, 20_000)
  }
  await fill(1)
  await vi.waitFor(() => {
    expect(report.lost).toHaveBeenCalledWith('it answers with status 400')
  })
  await fill(2)
  status = 200
  await fill(3)
  await vi.waitFor(() => {
    expect(report.taken).toHaveBeenCalledWith(1024)
  })
  expect([report.lost.mock.calls.length, report.taken.mock.calls.length]).toEqual([1, 1])
  await tracing.close()
})

test('headers that cannot be read are a reason that is told, with the setting', async () => {
  const { url } = await collectorAnswering(() => 200)
  const report = reports()
  const headers = () => {
    throw new Error('OTEL_EXPORTER_OTLP_HEADERS_FILE names a file that is empty')
  }
  const tracing = sdkTracing(optionsTo(url, { headers }), service, report)
  tracing.begin('work')?.end()
  await tracing.close()
  expect(report.lost).toHaveBeenCalledWith('OTEL_EXPORTER_OTLP_HEADERS_FILE names a file that is empty')
})

test('of an error a span has its class, its code or its name, and never its message', () => {
  class Refused extends Error {
    override name = 'Refused'
  }
  expect(errorType(Object.assign(new Error('alice'), { failureClass: 'transient', code: 'X' }))).toBe(
    'transient',
  )
  expect(errorType(Object.assign(new Error('alice'), { code: '23505' }))).toBe('23505')
  expect(errorType(new Refused('alice'))).toBe('Refused')
  expect(errorType('alice')).toBe('string')
})

import { expect, test } from 'vitest'
import type { LogFields } from './log-fields.ts'
import { FaultCount, repeatedFault } from './repeated-fault.ts'

/** The seconds in which a fault that comes each second is said. */
function saidSeconds(seconds: number): number[] {
  const fault = new FaultCount()
  return Array.from({ length: seconds }, (_, second) => second).filter(
    (second) => fault.failed(second * 1_000) !== null,
  )
}

test('a fault that comes each second is said at once, after a minute, ten minutes, and then each hour', () => {
  expect(saidSeconds(3 * 3_600)).toEqual([0, 60, 600, 3_600, 7_200])
})

test('what comes seldom is said once for all the times that are past', () => {
  const fault = new FaultCount()
  fault.failed(0)
  expect(fault.failed(590_000)).toEqual({ what: 'goes on', times: 2, lastedMs: 590_000 })
  expect(fault.failed(599_000)).toBeNull()
  expect(fault.failed(1_100_000)).toEqual({ what: 'goes on', times: 4, lastedMs: 1_100_000 })
})

test('its end is said with how often it came and for how long, once it has stayed away', () => {
  const fault = new FaultCount()
  fault.failed(1_000)
  fault.failed(3_000)
  expect(fault.worked(4_000)).toBeNull()
  expect(fault.worked(13_000)).toEqual({ what: 'ended', times: 2, lastedMs: 2_000 })
  expect(fault.worked(14_000)).toBeNull()
})

test('what comes and goes is one fault', () => {
  const fault = new FaultCount()
  const said = Array.from({ length: 50 }, (_, second) =>
    second % 2 === 0 ? fault.failed(second * 1_000) : fault.worked(second * 1_000),
  )
  expect(said.filter((one) => one !== null)).toEqual([{ what: 'begins', times: 1, lastedMs: 0 }])
})

test('what comes again after a long silence is another fault', () => {
  const fault = new FaultCount()
  fault.failed(0)
  expect(fault.failed(700_000)).toEqual({ what: 'begins', times: 1, lastedMs: 0 })
})

test('what works without having failed is not said', () => {
  expect(new FaultCount().worked(0)).toBeNull()
})

test('the log has a fault at its level with what was wrong last, and its end at level info', () => {
  const lines: unknown[] = []
  const at = (level: string) => (fields: LogFields, message: string) => {
    lines.push([level, message, fields])
  }
  let nowMs = 0
  const fault = repeatedFault(
    { error: at('error'), warn: at('warn'), info: at('info') },
    { level: 'warn', failing: 'it is away', works: 'it is back' },
    () => nowMs,
  )
  for (; nowMs <= 60_000; nowMs += 1_000) fault.failed({ error: `at ${nowMs}` })
  nowMs += 20_000
  fault.worked()
  expect(lines).toEqual([
    ['warn', 'it is away', { error: 'at 0' }],
    ['warn', 'still: it is away', { error: 'at 60000', times: 61, duration: 60e9 }],
    ['info', 'it is back', { times: 61, duration: 60e9 }],
  ])
})

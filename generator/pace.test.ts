import { expect, it } from 'vitest'
import { createPace, TICK_MS } from './pace.ts'

const startMs = 1_000_000

function run(ratePerSecond: number, ticks: number[]) {
  const pace = createPace(ratePerSecond, startMs)
  return ticks.map((tick) => pace.due(startMs + tick * TICK_MS))
}
const steady = (seconds: number) => Array.from({ length: (seconds * 1000) / TICK_MS }, (_, tick) => tick + 1)

it.each([1, 2, 3, 49, 50, 51, 1000, 20_000])('sends %i a second, each when it is due', (rate) => {
  const due = run(rate, steady(3)).flat()
  expect(due.length).toBe(3 * rate)
  expect(due[0]).toBe(startMs)
  expect(due.at(-1)).toBeCloseTo(startMs + 3000 - 1000 / rate, 5)
})

it('catches up after a stall without a burst and without losing one', () => {
  const stalled = [...steady(1), ...steady(30).map((tick) => tick + 1000)]
  const sends = run(1000, stalled).map((send) => send.length)
  // The first after the stall is worth half a second, those that follow twice a tick each.
  expect(sends[50]).toBe(500)
  expect(Math.max(...sends.slice(51))).toBe(40)
  expect(sends.reduce((total, send) => total + send, 0)).toBe(1000 * 50)
  expect(sends.at(-1)).toBe(20)
})

it('holds the rate when every send takes longer than a tick', () => {
  const slow = Array.from({ length: 100 }, (_, index) => (index + 1) * 5)
  expect(run(2000, slow).flat().length).toBe(2000 * 10)
})

it('never sends more than 2,000 at once', () => {
  expect(run(1_000_000, [1, 2, 50]).map((send) => send.length)).toEqual([2000, 2000, 2000])
})

it('sends nothing before the start, when the clock goes back, or at rate 0', () => {
  const pace = createPace(100, startMs)
  expect(pace.due(startMs - 5000)).toEqual([])
  expect(pace.due(startMs + 20).length).toBe(2)
  expect(pace.due(startMs)).toEqual([])
  expect(pace.due(startMs + 40)).toEqual([startMs + 20, startMs + 30])
  expect(createPace(0, startMs).due(startMs + 10_000)).toEqual([])
})

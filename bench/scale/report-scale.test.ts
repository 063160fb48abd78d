import { expect, test } from 'vitest'
import { casesOf, type Case } from './cases.ts'
import { drawScale } from './draw-scale.ts'
import { reportScale, summarise, type ScaleRun } from './report-scale.ts'

const run = (of: Case, cpuSeconds: number, eventsPerSecond: number): ScaleRun => ({
  of,
  result: {
    subject: 'rollcall',
    events: of.events,
    seconds: of.events / eventsPerSecond,
    eventsPerSecond,
    cpuSecondsPerMillion: { rollcall: cpuSeconds, kafka: 3 },
    peakMemoryMiB: { rollcall: 280, kafka: 500 },
    partitionsHeld: [],
  },
})

const [base = { events: 0, partitions: 0 }, smaller = base, ...others] = casesOf(2_000_000)

test('each case is compared to two million logins in four partitions, of the same round', () => {
  expect(base).toEqual({ events: 2_000_000, partitions: 4 })
  const runs = [
    ...[run(base, 10, 50_000), run(smaller, 11, 40_000)],
    ...[run(smaller, 18, 50_000), run(base, 20, 50_000)],
  ]
  const report = reportScale(summarise(runs), runs)
  expect(report).toMatch(/2000000 in 4 +15.00 \(10.00 - 20.00\) +1.00 +50,000 +1.00 +280/)
  expect(report).toMatch(/500000 in 4 +14.50 \(11.00 - 18.00\) +1.00 \(0.90 - 1.10\) +45,000/)
})

test('the picture has a curve over events and one over partitions, each with three points and its labels', () => {
  const picture = drawScale(summarise([base, smaller, ...others].map((of) => run(of, 10, 50_000))))
  expect(picture.match(/<polyline/g)).toHaveLength(2)
  expect(picture.match(/<circle/g)).toHaveLength(6)
  for (const label of ['500K', '2M', '10M', '1', '4', '32', 'CPU seconds of a worker per million logins'])
    expect(picture).toContain(`>${label}</text>`)
})

test('a cost that is higher is drawn higher', () => {
  const heights = (cpuSeconds: number) => {
    const picture = drawScale(summarise([run(base, 10, 50_000), run(smaller, cpuSeconds, 50_000)]))
    return Array.from(picture.matchAll(/cy="([\d.]+)"/g), ([, y]) => Number(y))
  }
  const [smallerY = NaN, baseY = NaN] = heights(20)
  expect(smallerY).toBeLessThan(baseY)
  expect(heights(10)[0]).toBe(heights(10)[1])
})

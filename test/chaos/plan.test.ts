import { expect, test } from 'vitest'
import { actions } from './actions.ts'
import { MOST_AT_ONCE, OUTAGE_MS, planChaos } from './plan.ts'

const HOUR_MS = 3_600_000
const plan = planChaos(1, HOUR_MS, actions)

test('a seed gives the same plan every time, and another seed another', () => {
  expect(planChaos(1, HOUR_MS, actions)).toEqual(plan)
  expect(planChaos(2, HOUR_MS, actions)).not.toEqual(plan)
})

test('everything ends in time, lasts no longer than it may, and leaves most of Rollcall standing', () => {
  for (const { atMs, lastsMs } of plan) {
    expect(lastsMs).toBeGreaterThanOrEqual(OUTAGE_MS.least)
    expect(lastsMs).toBeLessThanOrEqual(OUTAGE_MS.most)
    expect(atMs + lastsMs).toBeLessThanOrEqual(HOUR_MS)
    const meanwhile = plan.filter((other) => other.atMs <= atMs && other.atMs + other.lastsMs > atMs)
    expect(meanwhile.length).toBeLessThanOrEqual(MOST_AT_ONCE)
    expect(new Set(meanwhile.map(({ target }) => target)).size).toBe(meanwhile.length)
  }
})

test('every action happens to every target', () => {
  const happened = new Set(plan.map(({ action, target }) => `${action} ${target}`))
  const possible = actions.flatMap(({ name, targets }) => targets.map((target) => `${name} ${target}`))
  expect([...happened].sort()).toEqual(possible.sort())
})

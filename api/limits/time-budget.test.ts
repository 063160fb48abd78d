import { describe, expect, it } from 'vitest'
import type { Payers } from '../context/context.ts'
import { ALL_MS, createTimeBudget } from './time-budget.ts'

function setUp(msPerSecond = 500) {
  let nowMs = 0
  const budget = createTimeBudget(msPerSecond, () => nowMs)
  const later = (ms: number) => (nowMs += ms)
  /** How many of `count` that run at once, and together take `tookMs` each, are within the budget. */
  const within = (client: string, question: string, count: number, tookMs: number) => {
    const uses = Array.from({ length: count }, () => budget.begin([client], { query: question }))
    const ends = uses.map(({ run }) => run())
    later(tookMs * count)
    for (const end of ends) end()
    return uses.filter(({ isWithin }) => isWithin).length
  }
  return { budget, within, later }
}

describe('the time that a client may take', () => {
  it('is taken at once by heavy questions that are sent together, and comes back', () => {
    const { within, later } = setUp()
    expect(within('ann', 'heavy', 1, 240)).toBe(1)
    later(2_000)
    expect(within('ann', 'heavy', 6, 240)).toBe(2)
    expect(within('ann', 'heavy', 6, 240)).toBe(0)
    later(10_000)
    expect(within('ann', 'heavy', 6, 240)).toBe(2)
  })

  it('is enough for many light questions', () => {
    const { within, later } = setUp()
    within('ann', 'light', 1, 5)
    later(1_000)
    expect(within('ann', 'light', 100, 5)).toBe(100)
  })

  it('is not what others take meanwhile', () => {
    const { budget, later } = setUp()
    let isWithin = true
    for (let time = 0; time < 50; time++) {
      const ends = ['bob', 'bob', 'bob', 'ann'].map((client) => {
        const use = budget.begin([client], { query: client === 'ann' ? 'light' : 'heavy' })
        if (client === 'ann') isWithin &&= use.isWithin
        return use.run()
      })
      // Ann's answer takes ten times as long as alone, because of bob's.
      later(200)
      ends[3]?.()
      later(400)
      for (const end of ends.slice(0, 3)) end()
    }
    expect(isWithin).toBe(true)
    expect(budget.begin(['bob'], { query: 'heavy' }).isWithin).toBe(false)
  })

  it('is owed for a while only, however much was taken', () => {
    const { within, later } = setUp()
    for (let time = 0; time < 100; time++) within('ann', 'heavy', 6, 240)
    later(4_000)
    expect(within('ann', 'heavy', 1, 240)).toBe(1)
  })

  it('is not believed to be spared by questions that are new, and still expected after an answer from a cache', () => {
    const { within, later } = setUp()
    expect(within('bob', 'never asked', 6, 240)).toBe(2)
    within('ann', 'heavy', 1, 240)
    within('ann', 'heavy', 1, 0)
    later(5_000)
    expect(within('ann', 'heavy', 6, 0)).toBe(2)
  })

  it('is given back by a request that is not run, and has no end where there is no limit', () => {
    const { budget } = setUp()
    for (let time = 0; time < 100; time++) budget.begin(['ann'], { query: 'x' }).cancel()
    expect(budget.begin(['ann'], { query: 'x' }).isWithin).toBe(true)
    expect(setUp(ALL_MS).within('ann', 'heavy', 100, 240)).toBe(100)
  })

  it('is shared equally by clients that ask together, and nobody is held up by one that has nothing left', () => {
    const { budget, within, later } = setUp()
    const ask = (payers: Payers) => {
      const use = budget.begin(payers, { query: 'heavy' })
      const end = use.run()
      later(240)
      end()
      return use
    }
    ask(['cid'])
    for (let time = 0; time < 20; time++) ask(['ann', 'bob'])
    // Each has paid 120 ms of every 240 that passed, and got as much back.
    expect([within('ann', 'heavy', 2, 0), within('bob', 'heavy', 2, 0)]).toEqual([2, 2])
    for (let time = 0; time < 20; time++) within('eve', 'heavy', 6, 240)
    expect(budget.begin(['eve'], { query: 'heavy' }).isWithin).toBe(false)
    expect(budget.begin(['eve', 'cid'], { query: 'heavy' })).toMatchObject({ client: 'cid', isWithin: true })
    expect(budget.waitMs(['eve'], { query: 'heavy' })).toBeGreaterThan(1_000)
    expect(budget.waitMs(['eve', 'fay'], { query: 'heavy' })).toBe(0)
  })
})

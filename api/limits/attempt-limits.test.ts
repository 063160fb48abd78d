import { describe, expect, it } from 'vitest'
import { type Attempt, createAttemptLimits, TooManyAttempts } from './attempt-limits.ts'

const wrong = () => Promise.reject(new Error('wrong password'))
const right = () => Promise.resolve('signed in')

function setUp() {
  let nowMs = 0
  const delays: number[] = []
  const limits = createAttemptLimits(
    () => nowMs,
    (ms) => {
      delays.push(ms)
      return Promise.resolve()
    },
  )
  const outcome = async (attempt: Attempt, make: () => Promise<string>) => {
    try {
      return await limits.attempt(attempt, make)
    } catch (error) {
      return error instanceof TooManyAttempts ? `wait ${error.retryAfterMs}` : 'failed'
    }
  }
  const fail = async (times: number, attemptOf: (time: number) => Attempt) => {
    const outcomes = []
    for (let time = 0; time < times; time++) outcomes.push(await outcome(attemptOf(time), wrong))
    return outcomes
  }
  const later = (ms: number) => (nowMs += ms)
  return { limits, outcome, fail, delays, later }
}

describe('attempts to sign in', () => {
  it('of one name from one address are few, also at once, and the error says how long to wait', async () => {
    const { outcome, later } = setUp()
    const ann = { address: '192.0.2.1', name: 'ann' }
    const atOnce = await Promise.all(Array.from({ length: 20 }, () => outcome(ann, wrong)))
    expect(atOnce.filter((one) => one === 'failed')).toHaveLength(6)
    expect(await outcome(ann, right)).toBe('wait 30000')
    later(30_000)
    expect(await outcome(ann, right)).toBe('signed in')
  })

  it('of one name, written in other ways, are of one name', async () => {
    const { fail } = setUp()
    const spellings = ['ann', 'Ann', ' ann ', 'ＡＮＮ']
    const outcomes = await fail(8, (time) => ({ address: '192.0.2.1', name: spellings[time % 4] ?? '' }))
    expect(outcomes.filter((one) => one === 'failed')).toHaveLength(6)
  })

  it('of many names from one address are limited, and those from another are not', async () => {
    const { fail, outcome } = setUp()
    const outcomes = await fail(40, (time) => ({ address: '192.0.2.1', name: `user ${time}` }))
    expect(outcomes.filter((one) => one === 'failed')).toHaveLength(30)
    expect(await outcome({ address: '192.0.2.2', name: 'user 1' }, right)).toBe('signed in')
  })

  it('by strangers from everywhere slow down whose name it is, and lock out nobody', async () => {
    const { fail, outcome, delays } = setUp()
    await fail(5_000, (time) => ({ address: `address ${time}`, name: 'ann' }))
    expect(await outcome({ address: '192.0.2.1', name: 'ann' }, right)).toBe('signed in')
    expect(delays.at(-1)).toBe(4_000)
    delays.length = 0
    expect(await outcome({ address: '192.0.2.1', name: 'bob' }, right)).toBe('signed in')
    expect(delays).toEqual([])
  })

  it('that succeed, or that nobody could answer, do not count', async () => {
    const { limits, outcome } = setUp()
    const ann = { address: '192.0.2.1', name: 'ann' }
    const away = () => Promise.reject(new Error('the directory is away'))
    for (let time = 0; time < 100; time++) {
      expect(await outcome(ann, right)).toBe('signed in')
      await expect(limits.attempt(ann, away, () => false)).rejects.toThrow('away')
    }
    expect(await outcome(ann, right)).toBe('signed in')
  })

  it('without a name count by address alone', async () => {
    const { fail } = setUp()
    const outcomes = await fail(40, () => ({ address: '192.0.2.1' }))
    expect(outcomes.filter((one) => one === 'failed')).toHaveLength(30)
  })
})

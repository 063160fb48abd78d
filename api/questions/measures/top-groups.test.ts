import { expect, it } from 'vitest'
import { nothing } from '../../../domain/measures/measure.ts'
import type { TallyGroup } from '../../../domain/measures/groups.ts'
import type { AnswerPeople } from './answer-people.ts'
import { type Listing, topGroups } from './top-groups.ts'

const groups = ['a', 'b', 'c'].map((locale): TallyGroup => ({
  values: [locale],
  tallies: new Map([[0, { ...nothing, attempts: 1 }]]),
}))

it('refuses an answer that is too large before it counts the people of any group', async () => {
  const counted: string[] = []
  const people: Omit<AnswerPeople, 'warn'> = {
    countForOrder: (all) => {
      counted.push(`order of ${all.length}`)
      return Promise.resolve([...all])
    },
    countInTotal: (total) => Promise.resolve(total),
    countInGroups: (listed) => Promise.resolve([...listed]),
    countInOther: (_, together) => Promise.resolve(together),
    countInWholes: () => Promise.resolve((_, __, whole) => whole),
  }
  const listing = { groupBy: ['locale' as const], order: null, having: null, first: 2, span: 0 }
  const tooLarge = topGroups({ total: new Map(), groups }, people, {
    ...listing,
    check: ({ listed, rest }) => {
      throw new RangeError(`${listed} listed, ${rest} others`)
    },
  })
  await expect(tooLarge).rejects.toThrow('2 listed, 1 others')
  expect(counted).toEqual([])
  const { listed, rest } = await topGroups({ total: new Map(), groups }, people, {
    ...listing,
    check: () => undefined,
  })
  expect(listed.map(({ values }) => values)).toEqual([['a'], ['b']])
  expect(rest.groups).toBe(1)
  expect(counted).toEqual(['order of 3'])
})

it('lists the first of the groups that have enough, and adds up all others', async () => {
  const all = ['a', 'b', 'c', 'd'].map((locale, i): TallyGroup => ({
    values: [locale],
    tallies: new Map([[0, { ...nothing, attempts: i + 1, failures: i === 1 ? 2 : 0 }]]),
  }))
  const people: Omit<AnswerPeople, 'warn'> = {
    countForOrder: (groups) => Promise.resolve([...groups]),
    countInTotal: (total) => Promise.resolve(total),
    countInGroups: (listed) => Promise.resolve([...listed]),
    countInOther: (_, together) => Promise.resolve(together),
    countInWholes: () => Promise.resolve((_, __, whole) => whole),
  }
  const checked: object[] = []
  const ask = async (having: Listing['having'], first: number) => {
    const listing = { groupBy: ['locale' as const], order: null, having, first, span: 0 }
    const check = (sizes: object) => checked.push(sizes)
    const found = await topGroups({ total: new Map(), groups: all }, people, { ...listing, check })
    const { listed, matching, rest } = found
    return [listed.map(({ values }) => values[0]), matching, rest.groups, rest.tallies.get(0)?.attempts]
  }
  expect(await ask({ measure: 'attempts', atLeast: 2 }, 2)).toEqual([['b', 'c'], 3, 2, 5])
  expect(checked).toEqual([
    { listed: 0, rest: 4 },
    { listed: 2, rest: 2 },
  ])
  expect(await ask({ measure: 'failures', atLeast: 1 }, Infinity)).toEqual([['b'], 1, 3, 8])
  expect(await ask({ measure: 'failure_rate', atLeast: 0 }, 9)).toEqual([
    ['a', 'b', 'c', 'd'],
    4,
    0,
    undefined,
  ])
  expect(await ask({ measure: 'attempts', atLeast: 5 }, 2)).toEqual([[], 0, 4, 10])
})

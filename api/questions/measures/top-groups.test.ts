import { expect, it } from 'vitest'
import { nothing } from '../../../domain/measures/measure.ts'
import type { TallyGroup } from '../../../domain/measures/groups.ts'
import type { AnswerPeople } from './answer-people.ts'
import { topGroups } from './top-groups.ts'

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
  const listing = { groupBy: ['locale' as const], order: null, first: 2, span: 0 }
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

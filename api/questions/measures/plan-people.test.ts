import { describe, expect, it } from 'vitest'
import type { SelectedField } from '../selected-fields.ts'
import { planPeople } from './plan-people.ts'

const asked = { groupBy: ['locale', 'app_version'] as const, order: null, having: null, past: [] }
/** Fields such as `groups.share measure=users within=locale`. */
const fields = (...texts: string[]): SelectedField[] =>
  texts.map((text) => {
    const [path = '', ...given] = text.split(' ')
    const args = Object.fromEntries(
      given.map((one) => {
        const [name = '', value = ''] = one.split('=')
        return [name, /^\d+$/.test(value) ? Number(value) : value]
      }),
    )
    const { within, ...others } = args as Record<string, unknown>
    return {
      path: path.split('.'),
      args: { ...others, ...(within === undefined ? {} : { within: [within] }) },
    }
  })

/** What is counted of a part, such as `users in buckets`. */
const planned = (...texts: string[]) =>
  texts.map((text) => {
    const [name] = text.split(' ')
    return { measure: { name }, isByBucket: text.endsWith('in buckets') }
  })

const nothing = { total: [], groups: [], other: [], wholes: [], order: [], isAny: true }

describe('what is counted', () => {
  it.each<[string, string[], object]>([
    ['nobody for counts', ['total.logins', 'groups.share measure=logins'], { ...nothing, isAny: false }],
    ['the total', ['total.users', 'points.start'], { ...nothing, total: planned('users') }],
    [
      'each measure once',
      ['total.users', 'points.users', 'total.devices'],
      { ...nothing, total: planned('users in buckets', 'devices') },
    ],
    [
      'buckets for a series',
      ['groups.series measure=users'],
      { ...nothing, groups: planned('users in buckets') },
    ],
    [
      'buckets for a peak',
      ['total.peak measure=devices'],
      { ...nothing, total: planned('devices in buckets') },
    ],
    ['what is compared', ['groups.compared.users'], { ...nothing, groups: planned('users') }],
    ['users, for what they were counted by', ['total.setBasis'], { ...nothing, total: planned('users') }],
    [
      'the total for shares',
      ['groups.points.share measure=users'],
      { ...nothing, total: planned('users in buckets'), groups: planned('users in buckets') },
    ],
    [
      'the total for the share of the others',
      ['other.share measure=users'],
      { ...nothing, total: planned('users'), other: planned('users') },
    ],
    [
      'the total for its share',
      ['points.share measure=users'],
      { ...nothing, total: planned('users in buckets') },
    ],
    [
      'how long somebody was away, each number of days by itself',
      ['points.comebackUsers afterDays=30', 'points.comebackUsers afterDays=7', 'total.trailingUsers days=7'],
      {
        ...nothing,
        total: [
          { measure: { name: 'comeback_users', days: 30 }, isByBucket: true },
          { measure: { name: 'comeback_users', days: 7 }, isByBucket: true },
          { measure: { name: 'trailing_users', days: 7 }, isByBucket: false },
        ],
      },
    ],
    [
      'what is alike for shares within it',
      ['groups.share measure=users within=locale', 'groups.points.share measure=users within=locale'],
      {
        ...nothing,
        groups: planned('users in buckets'),
        wholes: [{ within: ['locale'], people: planned('users in buckets') }],
      },
    ],
  ])('is %s', (_, selected, expected) => {
    expect(planPeople(fields(...selected), asked)).toEqual(expected)
  })

  it('is everybody by whom it is decided which groups are listed', () => {
    const having = { measure: 'users', atLeast: 2 } as const
    const both = { order: { measure: 'addresses', direction: 'asc' } as const, having }
    expect(planPeople(fields('groups.values'), { ...asked, ...both }).order).toEqual(
      planned('addresses', 'users'),
    )
    const same = { order: { measure: 'users', direction: 'asc' } as const, having }
    expect(planPeople(fields('groups.values'), { ...asked, ...same }).order).toEqual(planned('users'))
  })

  it('is everybody whom groups are ordered by', () => {
    const order = { measure: 'addresses', direction: 'asc' } as const
    expect(planPeople(fields('groups.values'), { ...asked, order })).toEqual({
      ...nothing,
      order: planned('addresses'),
    })
  })
})

it('people of the total are known beside groups by the clock, and those in the groups that are counts', () => {
  const byWeekday = { ...asked, groupBy: ['weekday'] as const }
  expect(planPeople(fields('total.newUsers'), byWeekday)).toEqual({
    ...nothing,
    total: planned('new_users'),
  })
  expect(planPeople(fields('groups.users'), byWeekday)).toEqual({ ...nothing, groups: planned('users') })
})

describe('what is refused', () => {
  it('is what looks at other spans by the clock, and people as of a moment', () => {
    expect(() => planPeople(fields('groups.newUsers'), { ...asked, groupBy: ['weekday'] })).toThrow(
      /not known by WEEKDAY/,
    )
    expect(() => planPeople(fields('total.users'), { ...asked, past: ['asOf'] })).toThrow(/as of now only/)
    const order = { measure: 'users', direction: 'asc' } as const
    expect(() => planPeople([], { ...asked, order, past: ['asOf'] })).toThrow(/orderBy USERS/)
  })
})

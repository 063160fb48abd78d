import { expect, it } from 'vitest'
import { fraction, sfc32 } from '../../generator/sfc32.ts'
import { bucketMs } from '../time/bucket.ts'
import type { AnswerGroups, Member } from './answer-groups.ts'
import type { Tallies } from './groups.ts'
import type { Cell } from './cells.ts'
import { type CountedKinds, topMembers } from './top-members.ts'
import { type AttemptList, ListedAttempts } from './listed-attempts.ts'
import { rankMembers } from './rank-members.ts'
import { UnnumberedMembers } from './unnumbered-members.ts'

const HOUR = bucketMs.hour
/** Of attempts, nothing more. */
const kept = { counted: [], hasVersions: false, hasTimes: true }
/** An hour, half an hour of the same span that another one has, too, half an hour that no cell has, and a third span. */
const cells: Cell[] = [
  { fromMs: 0, toMs: HOUR, spans: [0] },
  { fromMs: HOUR, toMs: 1.5 * HOUR, spans: [0, 1] },
  { fromMs: 2 * HOUR, toMs: 3 * HOUR, spans: [2] },
]
const noAnswer: Omit<AnswerGroups, 'matching'> = {
  ...{ total: new Map(), listed: [], rest: { groups: 0, tallies: new Map() } },
  wholeOf: () => new Map(),
}

const inAllParts = (kinds: CountedKinds['total']): CountedKinds => ({
  ...{ listed: kinds, rest: kinds, total: kinds, wholes: kinds },
})

const member = (kind: 'user' | 'address', number: number) => ({ kind, id: `${kind} ${number}`, number })

/** Lists of one attempt each. */
const attempt = (
  minute: number,
  user: number,
  address: number,
  locale = 'TX',
  isFailure = false,
): AttemptList => ({
  ...{
    startMs: Math.floor(minute / 60) * HOUR,
    lengthMs: HOUR,
    values: { locale, app_version: '1.0' },
    isFailure,
  },
  attempts: 1,
  minutes: Uint8Array.of(minute % 60),
  members: { user: Int32Array.of(user), address: Int32Array.of(address) },
})

it('groups of members have what attempts in the cells come to, and others add up beside them', () => {
  const attempts = new ListedAttempts({
    ...{ cells, kinds: ['user'], only: { address: new Set([7, 8]) } },
    textsOf: ({ locale = '' }) => [locale],
    ...{ counted: ['address'], hasVersions: true, hasTimes: true },
  })
  for (const list of [
    attempt(0, 1, 7),
    attempt(59, 1, 7, 'TX', true),
    attempt(60, 1, 8),
    attempt(90, 1, 8),
    attempt(121, 1, 9),
    attempt(179, 2, 8, 'NY'),
    attempt(121, 2, 8),
    attempt(122, 2, 7),
    attempt(180, 3, 7),
    attempt(61, 3, 7),
    attempt(123, 3, 7),
  ])
    attempts.add(list)
  const order = { measure: 'attempts', direction: 'desc' } as const
  const { ranked } = rankMembers(attempts, cells, {
    ...{ groupBy: ['locale', 'user'], order, having: null, first: 3, span: 0, of: 'logins' },
    unnumbered: new UnnumberedMembers(),
  })
  const listing = {
    ...{ cells, groupBy: ['locale', 'user'] as const, ranked, of: 'logins' as const },
    counted: inAllParts(['address']),
    withins: [['locale'], ['user']] as const,
    memberOf: (kind: Member['kind'], number: number) => member(kind as 'user', number),
  }
  const answered = (ofGroups: number[], most: number) =>
    topMembers(attempts, { ...listing, ofGroups: new Set(ofGroups), most })
  const { listed, rest, total, wholeOf } = answered([0, 1, 2], 6) ?? noAnswer
  const tally = (attempts: number, failures: number, first: number, last: number, addresses = 1) => [
    ...[
      attempts,
      failures,
      first * bucketMs.minute,
      last * bucketMs.minute,
      addresses,
      { '1.0': attempts - failures },
    ],
  ]
  const shown = (tallies: Tallies) =>
    Object.fromEntries(
      [0, 1, 2].flatMap((span) => {
        const tally = tallies.get(span)
        if (tally === undefined) return []
        const { attempts, failures, firstSeenMs, lastSeenMs, people, versions } = tally
        const numbers = [attempts, failures, firstSeenMs, lastSeenMs, people.of({ name: 'addresses' })]
        return [[span, [...numbers, Object.fromEntries(versions ?? [])]]]
      }),
    )
  expect(listed.map(({ values, member }) => [values, member])).toEqual([
    [['TX', 'user 1'], member('user', 1)],
    [['TX', 'user 3'], member('user', 3)],
    [['NY', 'user 2'], member('user', 2)],
  ])
  expect(listed.map(({ tallies }) => shown(tallies))).toEqual([
    { 0: tally(3, 1, 0, 60, 2), 1: tally(1, 0, 60, 60) },
    { 0: tally(1, 0, 61, 61), 1: tally(1, 0, 61, 61), 2: tally(1, 0, 123, 123) },
    { 2: tally(1, 0, 179, 179) },
  ])
  expect(rest.groups).toBe(1)
  expect(shown(rest.tallies)).toEqual({ 2: tally(2, 0, 121, 122, 2) })
  const ofAll = { 0: tally(4, 1, 0, 61, 2), 1: tally(2, 0, 60, 61, 2), 2: tally(4, 0, 121, 179, 2) }
  expect(shown(total)).toEqual(ofAll)
  const [tx, , ny] = listed
  expect(wholeOf(tx ?? null, ['locale']).get(0)?.attempts).toBe(4)
  expect(wholeOf(ny ?? null, ['locale']).get(2)?.attempts).toBe(1)
  expect(wholeOf(ny ?? null, ['user']).get(2)?.attempts).toBe(3)
  expect(wholeOf(ny ?? null, []).get(2)?.attempts).toBe(4)
  // Groups of a whole range have few sums, however many buckets the total has.
  expect(answered([0, 1, 2], 5)).toBeNull()
  const ofOneSpan = answered([0], 2) ?? noAnswer
  const shownSpans = ofOneSpan.listed.map(({ tallies }) =>
    [0, 1, 2].filter((span) => tallies.get(span) !== undefined),
  )
  expect(shownSpans).toEqual([[0], [0], []])
  expect(shown(ofOneSpan.total)).toEqual(ofAll)
})

it.each(['listed', 'rest', 'total', 'wholes'] as const)(
  'members are counted in the part of an answer that shows them, and in no other: %s',
  (part) => {
    const attempts = new ListedAttempts({
      ...{ cells, kinds: ['user'], only: {}, counted: ['address'], hasVersions: false, hasTimes: true },
      textsOf: ({ locale = '' }) => [locale],
    })
    for (const [user, address] of [
      [1, 7],
      [1, 8],
      [2, 8],
      [2, 9],
      [2, 9],
    ] as const)
      attempts.add(attempt(0, user, address))
    const answer = topMembers(attempts, {
      ...{ cells, groupBy: ['locale', 'user'], ranked: [0], of: 'all', withins: [['locale']], most: 9 },
      ...{ ofGroups: new Set([0]), counted: { ...inAllParts([]), [part]: ['address'] } },
      memberOf: (kind, number) => member(kind as 'user', number),
    })
    const [first = null] = answer?.listed ?? []
    const addressesOf = (tallies: Tallies | undefined) => tallies?.get(0)?.people.of({ name: 'addresses' })
    const found: Record<keyof CountedKinds, number | null | undefined> = {
      listed: addressesOf(first?.tallies),
      rest: addressesOf(answer?.rest.tallies),
      total: addressesOf(answer?.total),
      wholes: addressesOf(answer?.wholeOf(first, ['locale'])),
    }
    const all = { listed: 2, rest: 2, total: 3, wholes: 3 }
    expect(found).toEqual({ listed: 0, rest: 0, total: 0, wholes: 0, [part]: all[part] })
  },
)

it('equal groups follow by number, those without one last by their ids, and those without a value behind all', () => {
  const unnumbered = new UnnumberedMembers()
  const [zoe, amy] = [unnumbered.numberOf('user', 'zoe'), unnumbered.numberOf('user', 'amy')]
  const attempts = new ListedAttempts({ cells, kinds: ['user'], only: {}, ...kept, textsOf: () => [] })
  // Of user 9 there is nothing in span 0.
  for (const user of [zoe, 5, amy, 3, 4]) attempts.add(attempt(3, user, 0, 'TX', user === 4))
  attempts.add(attempt(121, 9, 0))
  const ranking = { groupBy: ['user' as const], span: 0, of: 'all' as const, unnumbered }
  const usersOf = (ranked: readonly number[]) => ranked.map((group) => attempts.groups.partsOf(group)[1])
  const ranked = (measure: 'attempts' | 'failure_rate', direction: 'asc' | 'desc') =>
    usersOf(
      rankMembers(attempts, cells, { ...ranking, order: { measure, direction }, having: null, first: 9 })
        .ranked,
    )
  expect(ranked('attempts', 'desc')).toEqual([3, 4, 5, amy, zoe, 9])
  expect(ranked('attempts', 'asc')).toEqual([9, 3, 4, 5, amy, zoe])
  expect(ranked('failure_rate', 'desc')).toEqual([4, 3, 5, amy, zoe, 9])
  expect(ranked('failure_rate', 'asc')).toEqual([3, 5, amy, zoe, 4, 9])
  const having = (measure: 'attempts' | 'failures' | 'failure_rate', atLeast: number, first = 9) => {
    const order = { measure: 'attempts', direction: 'asc' } as const
    const found = rankMembers(attempts, cells, { ...ranking, order, having: { measure, atLeast }, first })
    return { ...found, ranked: usersOf(found.ranked) }
  }
  expect(having('attempts', 1, 2)).toEqual({ ranked: [3, 4], matching: 5 })
  expect(having('failures', 1)).toEqual({ ranked: [4], matching: 1 })
  expect(having('failure_rate', 0)).toEqual({ ranked: [3, 4, 5, amy, zoe], matching: 5 })
  expect(having('attempts', 2)).toEqual({ ranked: [], matching: 0 })
})

it('millions of attempts are ranked as if they were counted one by one', () => {
  const random = sfc32(4, 4)
  const attempts = new ListedAttempts({ cells, kinds: ['user'], only: {}, ...kept, textsOf: () => [] })
  const counts = new Map<number, number>()
  for (let i = 0; i < 100; i++) {
    const users = Int32Array.from({ length: 10_000 }, () => Math.floor(fraction(random) ** 3 * 200_000))
    for (const user of users) counts.set(user, (counts.get(user) ?? 0) + 1)
    attempts.add({
      ...{ startMs: 0, lengthMs: HOUR, values: {}, isFailure: false, members: { user: users } },
      attempts: users.length,
      minutes: new Uint8Array(users.length),
    })
  }
  const { ranked } = rankMembers(attempts, cells, {
    ...{
      groupBy: ['user'],
      having: null,
      first: 50,
      span: 0,
      of: 'all',
      unnumbered: new UnnumberedMembers(),
    },
    order: { measure: 'attempts', direction: 'desc' },
  })
  const expected = [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, 50)
  expect(ranked.map((group) => attempts.groups.partsOf(group)[1])).toEqual(expected.map(([user]) => user))
})

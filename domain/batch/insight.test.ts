import { expect, test } from 'vitest'
import { acceptedColumns } from '../columns/columns-fixture.ts'
import type { LoginColumns } from '../columns/login-columns.ts'
import type { AcceptedLogin } from '../login/record.ts'
import { emptyInsight, InsightDraft, type UnfinishedInsight } from './insight.ts'

const login = (offset: number, userId: string, locale: string, seconds: number): AcceptedLogin => ({
  offset: BigInt(offset),
  recordedAt: 0,
  login: {
    userId,
    deviceId: 'd',
    eventTimeMs: seconds * 1000,
    ip: '192.0.2.1',
    ipScope: 'reserved',
    locale,
    localeKind: 'us_state',
    appVersion: '2.3.0',
    deviceType: offset % 2 === 0 ? 'iOS' : 'android',
    outcome: 'unknown',
    eventId: null,
    failureReason: null,
    sessionId: null,
    extra: null,
  },
})

const logins = Array.from({ length: 25 }, (_, i) => login(i, `user-${i % 7}`, `L${i % 12}`, 1_000 + i))

function advanceInsight(unfinished: UnfinishedInsight, columns: LoginColumns, size: number) {
  const draft = new InsightDraft(unfinished, size)
  draft.add(columns)
  return { insights: draft.insights, unfinished: draft.unfinished() }
}

/** The insight as the checkpoint row keeps it. */
const stored = (unfinished: UnfinishedInsight) => JSON.parse(JSON.stringify(unfinished)) as UnfinishedInsight

test('insights do not depend on how the logins were cut into batches, nor on a restart between them', () => {
  const whole = advanceInsight(emptyInsight(), acceptedColumns(logins), 10)
  let unfinished = emptyInsight()
  const pieces = [0, 3, 4, 11, 20].flatMap((from, i, cuts) => {
    const step = advanceInsight(stored(unfinished), acceptedColumns(logins.slice(from, cuts[i + 1])), 10)
    unfinished = step.unfinished
    return step.insights
  })
  expect(pieces).toEqual(whole.insights)
  expect(stored(unfinished)).toEqual(stored(whole.unfinished))
})

test('an insight says what the original consumer of this data set said', () => {
  const { insights, unfinished } = advanceInsight(emptyInsight(), acceptedColumns(logins), 20)
  expect(insights.length).toBe(1)
  expect(insights[0]).toMatchObject({ firstOffset: 0n, lastOffset: 19n })
  const body = JSON.parse(insights[0]?.body ?? '') as Record<string, unknown>
  expect(body).toMatchObject({
    type: 'insight',
    batch_size: 20,
    start_time: 1_000,
    end_time: 1_019,
    device_type_aggregation: { iOS: 10, android: 10 },
  })
  expect((body['top_10_locations'] as unknown[]).slice(0, 2)).toEqual([
    { locale: 'L0', logins: 2 },
    { locale: 'L1', logins: 2 },
  ])
  expect(body['bottom_5_locations']).toEqual(
    ['L9', 'L8', 'L11', 'L10', 'L7'].map((locale) => ({ locale, logins: locale === 'L7' ? 2 : 1 })),
  )
  expect(body['top_5_users']).toHaveLength(5)
  expect(unfinished.size).toBe(5)
})

test('a user named __proto__ is counted like any other', () => {
  const { insights } = advanceInsight(
    emptyInsight(),
    acceptedColumns([login(1, '__proto__', 'RI', 1), login(2, '__proto__', 'RI', 1)]),
    2,
  )
  expect(JSON.parse(insights[0]?.body ?? '')).toMatchObject({
    top_5_users: [{ user_id: '__proto__', logins: 2 }],
  })
})

test('an insight size of 0 makes none and remembers nothing', () => {
  expect(advanceInsight(emptyInsight(), acceptedColumns(logins), 0)).toEqual({
    insights: [],
    unfinished: emptyInsight(),
  })
})

test('the top users are those with the most logins, then those whose names come first, however many have the same', () => {
  const ids = [...Array.from({ length: 9 }, (_, i) => `user-${9 - i}`), 'zoe', 'zoe', 'bob', 'bob', 'bob']
  const { insights } = advanceInsight(
    emptyInsight(),
    acceptedColumns(ids.map((id, i) => login(i, id, 'RI', 1))),
    ids.length,
  )
  expect((JSON.parse(insights[0]?.body ?? '') as Record<string, unknown>)['top_5_users']).toEqual([
    { user_id: 'bob', logins: 3 },
    { user_id: 'zoe', logins: 2 },
    { user_id: 'user-1', logins: 1 },
    { user_id: 'user-2', logins: 1 },
    { user_id: 'user-3', logins: 1 },
  ])
})

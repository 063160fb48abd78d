import { describe, expect, it } from 'vitest'
import type { SeenLogin } from '../support/api/logins-by-day.ts'
import {
  common,
  DAY_MS,
  didNotFail,
  distinct,
  logins,
  ofAttempts,
  useEngagement,
  within,
} from '../support/api/engagement-world.ts'

const { field, refusal } = useEngagement({ isRolledUp: true })

describe('retention', () => {
  type Cohorts = {
    cohorts: { start: string; values: string[]; users: number; points: { users: number }[] }[]
  }
  const months = ['2025-12', '2026-01', '2026-02', '2026-03', '2026-04'].map(
    (month) => `${month}-01T00:00:00Z`,
  )
  const retention = (groupBy: string, attempts = '') =>
    field<Cohorts>(`{ retention(bucket: MONTH, from: "2025-12-01", to: "2026-06-01", groupBy: [${groupBy}] ${attempts}) {
      cohorts { start values users points { index users share } } } }`)

  function expected(value: ((login: SeenLogin) => string) | null, counts = didNotFail) {
    const first = new Map<string, number>()
    const dayOf = ({ eventTimeMs }: SeenLogin) => Math.floor(eventTimeMs / DAY_MS)
    const counted = logins.filter(counts)
    for (const login of counted)
      first.set(login.userId, Math.min(dayOf(login), first.get(login.userId) ?? Infinity))
    const ofFirstDay = counted.filter((login) => first.get(login.userId) === dayOf(login))
    return months.slice(0, -1).flatMap((start, i) => {
      const began = ofFirstDay.filter(within(start, months[i + 1] ?? ''))
      const values = [...new Set(began.map((login) => value?.(login) ?? null))].sort()
      return values.map((one) => {
        const users = new Set(
          began.filter((login) => (value?.(login) ?? null) === one).map(({ userId }) => userId),
        )
        const points = months.slice(i, -1).map((from, index) => {
          const seen = distinct('userId', counts, within(from, months[i + index + 1] ?? ''))
          const active = common(seen, users).size
          return { index, users: active, share: active / users.size }
        })
        return {
          start: new Date(start).toISOString(),
          values: one === null ? [] : [one],
          users: users.size,
          points,
        }
      })
    })
  }

  it('follows the users of each first month through the months that have begun', async () => {
    expect((await retention('')).cohorts).toEqual(expected(null))
  })

  it('says what was asked: a range, as far as it was given, and each dimension once', async () => {
    const echo = '{ from to bucket timeZone groupBy }'
    expect(
      await field(
        `{ retention(bucket: MONTH, from: "2026-01-01", groupBy: [OUTCOME, OUTCOME], timeZone: "Asia/Kathmandu") ${echo} }`,
      ),
    ).toEqual({
      ...{ from: '2025-12-31T18:15:00.000Z', to: '2026-02-28T18:15:00.000Z' },
      ...{ bucket: 'MONTH', timeZone: 'Asia/Kathmandu', groupBy: ['OUTCOME'] },
    })
  })

  it('has no cohorts of the future, and says so', async () => {
    const future = 'bucket: DAY, from: "2026-03-02", to: "2026-03-05", groupBy: [DEVICE_TYPE]'
    expect(await refusal(`{ retention(${future}) { cohorts { start } } }`)).toEqual({
      ...{ code: 'INVALID_RANGE', argument: 'from' },
      message: 'from must not be in a bucket that has not begun: give an earlier one',
    })
  })

  it('is refused by what no days are known of, and for too many spans, with how to ask instead', async () => {
    const failed = (args: string) => refusal(`{ retention(${args}) { cohorts { start } } }`)
    for (const dimensions of ['US_REGION', 'WEEKDAY', 'DEVICE_TYPE, LOCALE'])
      expect(await failed(`groupBy: [${dimensions}]`)).toEqual({
        ...{ code: 'UNSUPPORTED_COMBINATION', argument: 'groupBy' },
        message:
          'cohorts are divided by one of DEVICE_TYPE, APP_VERSION, LOCALE and OUTCOME, and by no other: give one of them',
      })
    expect(await failed('bucket: DAY, from: "2026-01-01"')).toEqual({
      ...{ code: 'ANSWER_TOO_LARGE', argument: 'from', cap: 35 },
      message: 'the range has more than the cap of 35 days: ask for a shorter range or a longer bucket',
    })
  })

  it('divides them by what they used on their first day', async () => {
    expect((await retention('APP_VERSION')).cohorts).toEqual(expected(({ appVersion }) => appVersion))
    expect((await retention('DEVICE_TYPE')).cohorts).toEqual(
      expected(({ deviceType }) => deviceType.toUpperCase()),
    )
  })

  it.for(Object.entries(ofAttempts))('counts those who are new and active by %s', async ([of, counts]) => {
    const attempts = `attempts: ${of}`
    expect((await retention('', attempts)).cohorts).toEqual(expected(null, counts))
    expect((await retention('APP_VERSION', attempts)).cohorts).toEqual(
      expected(({ appVersion }) => appVersion, counts),
    )
  })
})

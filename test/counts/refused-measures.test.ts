import { describe, expect, it } from 'vitest'
import { DAY, useMeasures } from '../support/api/use-measures.ts'

const { ask, measures, refusal } = useMeasures()

describe('what is refused', () => {
  it.each([
    [
      'LAST_SEEN_AT as a series',
      'bucket: DAY',
      'total { series(measure: LAST_SEEN_AT) }',
      { code: 'UNSUPPORTED_COMBINATION', argument: 'measure' },
    ],
    [
      'moments as of a moment',
      `${DAY}, asOf: "2026-03-01T12:00:00Z"`,
      'total { lastSeenAt }',
      { code: 'UNSUPPORTED_COMBINATION', argument: 'asOf' },
    ],
    [
      'a moment in the future',
      `${DAY}, asOf: "2026-03-02T12:00:00Z"`,
      'total { logins }',
      { code: 'INVALID_RANGE', argument: 'asOf' },
    ],
    [
      'counts since a moment up to one in the future',
      `${DAY}, since: "2026-03-01T11:00:00Z", asOf: "2026-03-02T12:00:00Z"`,
      'total { logins }',
      { code: 'INVALID_RANGE', argument: 'asOf' },
    ],
    [
      'a value that no attempt can have',
      'filter: { locale: { in: ["\\u0000"] } }',
      'total { logins }',
      { code: 'INVALID_ARGUMENT', argument: 'filter.locale.in[0]' },
    ],
    [
      'a zone that there is not',
      'timeZone: "Berlin"',
      'total { logins }',
      { code: 'INVALID_RANGE', argument: 'timeZone' },
    ],
    [
      'a range of no versions',
      'filter: { appVersion: { range: "new" } }',
      'total { logins }',
      { code: 'INVALID_ARGUMENT', argument: 'filter.appVersion.range' },
    ],
    [
      'no groups',
      'groupBy: [LOCALE], first: 0',
      'groupCount',
      { code: 'INVALID_ARGUMENT', argument: 'first' },
    ],
    [
      'many groups',
      'groupBy: [LOCALE], first: 501',
      'groupCount',
      { code: 'ANSWER_TOO_LARGE', cap: 500, asked: 501 },
    ],
    [
      'a range that begins in the future',
      'from: "2026-03-05T00:00:00Z"',
      'total { logins }',
      { code: 'INVALID_RANGE', argument: 'from' },
    ],
    [
      'a comparison with before 1970',
      `from: "1970-01-03T00:00:00Z", to: "1970-01-05T00:00:00Z", compareTo: [{ daysBefore: 1 }, { span: YEAR_BEFORE }]`,
      'total { compared { logins } }',
      { code: 'INVALID_RANGE', argument: 'compareTo[1]' },
    ],
    [
      'no days before',
      'compareTo: [{ daysBefore: 0 }]',
      'total { logins }',
      { code: 'INVALID_RANGE', argument: 'compareTo[0].daysBefore' },
    ],
    [
      'many days before',
      'compareTo: [{ daysBefore: 2000000000 }]',
      'total { logins }',
      { code: 'INVALID_RANGE', argument: 'compareTo[0].daysBefore' },
    ],
    [
      'many comparisons',
      `compareTo: [${'{ daysBefore: 1 } '.repeat(9)}]`,
      'total { logins }',
      { code: 'ANSWER_TOO_LARGE', argument: 'compareTo', cap: 8, asked: 9 },
    ],
    [
      'many buckets beside others',
      'from: "2026-02-24T00:00:00Z", to: "2026-02-28T00:00:00Z", bucket: MINUTE, compareTo: [{ daysBefore: 1 } { daysBefore: 2 } { daysBefore: 3 }]',
      'total { series compared { logins } }',
      { code: 'ANSWER_TOO_LARGE', argument: 'compareTo', cap: 20_000, asked: 23_040 },
    ],
    [
      'many hours by the clock',
      'from: "2020-01-01T00:00:00Z", groupBy: [HOUR_OF_DAY]',
      'groupCount',
      { code: 'ANSWER_TOO_LARGE', argument: 'groupBy', cap: 20_000, asked: 20_001 },
    ],
    [
      'the stickiness of a year as of each day of twenty',
      'from: "2005-01-01T00:00:00Z", to: "2025-01-01T00:00:00Z", bucket: DAY',
      'points { stickiness(days: 366) }',
      { code: 'ANSWER_TOO_LARGE', cap: 400_000 },
    ],
    [
      'many points',
      'from: "2026-02-24T00:00:00Z", to: "2026-03-02T00:00:00Z", bucket: MINUTE, groupBy: [DEVICE_TYPE]',
      'groups { points { logins } }',
      { code: 'ANSWER_TOO_LARGE', cap: 10_000, asked: 25_920 },
    ],
    [
      'many points, before anything is read, were it as of a batch that is not there',
      'from: "2026-02-24T00:00:00Z", to: "2026-03-02T00:00:00Z", bucket: MINUTE, asOfBatchId: 99',
      'points { logins } total { points { attempts } }',
      { code: 'ANSWER_TOO_LARGE', cap: 10_000, asked: 17_280 },
    ],
  ])('%s is refused, and says what to ask instead', async (_, args, fields, expected) => {
    expect(await refusal(`{ measures(${args}) { ${fields} } }`)).toMatchObject(expected)
  })

  it('leaves its neighbours answered', async () => {
    const { data } = await ask(
      `{ a: measures(first: 0) { groupCount } b: measures(${DAY}) { total { attempts } } }`,
    )
    expect(data).toEqual({ a: null, b: { total: { attempts: 66 } } })
  })

  it('is what has too many points, in any fragment, and its series are answered', async () => {
    const week =
      'from: "2026-02-24T00:00:00Z", to: "2026-03-02T00:00:00Z", bucket: MINUTE, groupBy: [DEVICE_TYPE]'
    const { message } = await refusal(
      `{ measures(${week}) { ...F } } fragment F on Measures { all: groups { some: points { start } } }`,
    )
    expect(message).toBe(
      '25920 points are more than the cap of 10000: ask for series instead, whose values may be 50000, or for fewer dimensions, ' +
        'a coarser bucket, a shorter range, a filter or `first`',
    )
    const { groups } = await measures<{ groups: { attempts: number; series: number[] }[] }>(
      week,
      'groups { attempts series(measure: ATTEMPTS) }',
    )
    expect(groups.map(({ series }) => series.length)).toEqual([8640, 8640, 8640])
    expect(groups.map(({ series }) => series.reduce((sum, one) => sum + one))).toEqual(
      groups.map(({ attempts }) => attempts),
    )
  })
})

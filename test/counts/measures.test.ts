import { describe, expect, it } from 'vitest'
import { DAY, useMeasures } from '../support/api/use-measures.ts'

const { ask, measures } = useMeasures()

describe('measures', () => {
  it('are of the range and of its buckets, failures apart from logins', async () => {
    const counts = 'attempts logins failures failureRate'
    expect(
      await measures(
        `${DAY}, bucket: HOUR`,
        `from to bucket timeZone groupBy groups { values } groupCount other { groupCount }
         total { start end ${counts} isComplete isCut elapsedMinutes peak { start } } points { start logins elapsedMinutes isComplete }`,
      ),
    ).toEqual({
      ...{
        from: '2026-03-01T00:00:00.000Z',
        to: '2026-03-02T00:00:00.000Z',
        bucket: 'HOUR',
        timeZone: 'UTC',
      },
      ...{ groupBy: [], groups: [], groupCount: 0, other: null },
      total: {
        ...{ start: '2026-03-01T00:00:00.000Z', end: '2026-03-02T00:00:00.000Z' },
        ...{ attempts: 66, logins: 52, failures: 14, failureRate: 14 / 66 },
        ...{
          isComplete: false,
          isCut: false,
          elapsedMinutes: 720.5,
          peak: { start: '2026-03-01T10:00:00.000Z' },
        },
      },
      points: Array.from({ length: 24 }, (_, hour) => ({
        start: `2026-03-01T${String(hour).padStart(2, '0')}:00:00.000Z`,
        logins: { 10: 36, 11: 16 }[hour] ?? 0,
        elapsedMinutes: hour < 12 ? 60 : hour === 12 ? 0.5 : 0,
        isComplete: hour < 12,
      })),
    })
  })

  it('without a bucket are of the last 24 hours, and have no points', async () => {
    expect(
      await measures(
        'timeZone: "Asia/Kolkata"',
        'from to bucket buckets { start } points { start } total { attempts series peak { start } points { start } isCut }',
      ),
    ).toEqual({
      ...{
        from: '2026-02-28T12:01:00.000Z',
        to: '2026-03-01T12:01:00.000Z',
        bucket: null,
        buckets: [],
        points: [],
      },
      total: { attempts: 67, series: [], peak: null, points: [], isCut: false },
    })
  })

  it('have weeks from the day that was asked for, and quarters and years', async () => {
    const starts = async (args: string) => {
      const { buckets } = await measures<{ buckets: { start: string; isCut: boolean }[] }>(
        args,
        'buckets { start isCut }',
      )
      return buckets.map(({ start, isCut }) => `${start.slice(0, 10)}${isCut ? ' cut' : ''}`)
    }
    const range = 'from: "2026-02-20T00:00:00Z", to: "2026-03-02T00:00:00Z"'
    expect(await starts(`${range}, bucket: WEEK`)).toEqual(['2026-02-20 cut', '2026-02-23'])
    expect(await starts(`${range}, bucket: WEEK, weekStart: SUNDAY`)).toEqual([
      '2026-02-20 cut',
      '2026-02-22',
      '2026-03-01 cut',
    ])
    expect(await starts('bucket: QUARTER')).toHaveLength(8)
    expect(await starts('bucket: YEAR, from: "2024-06-01T00:00:00Z"')).toEqual([
      '2024-06-01 cut',
      '2025-01-01',
      '2026-01-01',
    ])
  })
})

describe('comparisons', () => {
  it('are of the range, of buckets and of groups, also of those that only the other range has', async () => {
    const compared = 'compared { start logins isSameLength }'
    const day = (start: string, logins: number) => ({
      start: `2026-${start}T00:00:00.000Z`,
      logins,
      // The range is of a day that runs.
      isSameLength: false,
    })
    expect(
      await measures(
        `${DAY}, bucket: DAY, groupBy: [APP_VERSION], compareTo: [{ span: PREVIOUS }, { span: WEEK_BEFORE }]`,
        `total { logins ${compared} } points { ${compared} } groups { values logins ${compared} }`,
      ),
    ).toEqual({
      total: { logins: 52, compared: [day('02-28', 1), day('02-22', 5)] },
      points: [{ compared: [day('02-28', 1), day('02-22', 5)] }],
      groups: [
        { values: ['1.9.0'], logins: 0, compared: [day('02-28', 0), day('02-22', 5)] },
        { values: ['2.9.0'], logins: 0, compared: [day('02-28', 1), day('02-22', 0)] },
        { values: ['2.10.0'], logins: 52, compared: [day('02-28', 0), day('02-22', 0)] },
        { values: ['dev'], logins: 0, compared: [day('02-28', 0), day('02-22', 0)] },
      ],
    })
  })

  it('may overlap the range and each other', async () => {
    expect(
      await measures(
        'from: "2026-02-22T00:00:00Z", to: "2026-03-02T00:00:00Z", compareTo: [{ daysBefore: 1 }, { from: "2026-02-23T00:00:00Z" }, { span: PREVIOUS }]',
        'total { attempts lastSeenAt compared { start end attempts lastSeenAt isSameLength } }',
      ),
    ).toEqual({
      total: {
        ...{ attempts: 72, lastSeenAt: '2026-03-01T11:00:00.000Z' },
        compared: [
          ['2026-02-21', '2026-03-01', 6, '2026-02-28T23:59:00.000Z'],
          ['2026-02-23', '2026-03-03', 67, '2026-03-01T11:00:00.000Z'],
          ['2026-02-14', '2026-02-22', 0, null],
        ].map(([start, end, attempts, lastSeenAt]) => ({
          ...{ start: `${start}T00:00:00.000Z`, end: `${end}T00:00:00.000Z`, attempts, lastSeenAt },
          isSameLength: false,
        })),
      },
    })
  })

  it('begin where their date does by the clock of the zone, as the range', async () => {
    expect(
      await measures(
        'from: "2026-03-01", to: "2026-03-02", timeZone: "Asia/Kolkata", compareTo: [{ from: "2026-02-22" }]',
        'total { start end attempts compared { start end attempts } }',
      ),
    ).toEqual({
      total: {
        ...{ start: '2026-02-28T18:30:00.000Z', end: '2026-03-01T18:30:00.000Z', attempts: 67 },
        compared: [{ start: '2026-02-21T18:30:00.000Z', end: '2026-02-22T18:30:00.000Z', attempts: 5 }],
      },
    })
  })

  it('are of the same length where as much of both is over, to the minute', async () => {
    const lengths = async (args: string) => {
      const compared = 'compared { isSameLength }'
      type Part = { compared: { isSameLength: boolean }[] }
      const { total, points, groups } = await measures<{ total: Part; points: Part[]; groups: Part[] }>(
        `${args}, compareTo: [{ daysBefore: 1 }]`,
        `total { ${compared} } points { ${compared} } groups { values ${compared} }`,
      )
      const of = (part: Part) => part.compared[0]?.isSameLength
      return [of(total), points.map(of), groups.map(of)]
    }
    const range = (from: string, to: string) => `from: "2026-${from}:00Z", to: "2026-${to}:00Z"`
    expect(await lengths('timeZone: "UTC"')).toEqual([true, [], []])
    expect(await lengths(range('03-01T00:00', '03-01T12:00'))).toEqual([true, [], []])
    expect(await lengths(`${range('02-27T00:00', '03-03T00:00')}, bucket: DAY`)).toEqual([
      false,
      [true, true, false, false],
      [],
    ])
    expect(await lengths(`${range('03-02T10:00', '03-02T14:00')}, bucket: HOUR`)).toEqual([
      false,
      // Of the last two, and of what they are compared with, no minute is over.
      [false, false, true, true],
      [],
    ])
    // Of 00, 10, 11 and 23 o'clock, only the last is not over.
    expect(await lengths(`${DAY}, groupBy: [HOUR_OF_DAY]`)).toEqual([false, [], [true, true, true, false]])
  })

  it('say that lengths differ', async () => {
    const { total } = await measures<{ total: { compared: unknown[] } }>(
      'from: "2026-03-01T00:00:00Z", to: "2026-04-01T00:00:00Z", bucket: MONTH, compareTo: [{ span: PREVIOUS }]',
      'total { compared { start end attempts isSameLength } }',
    )
    expect(total.compared).toEqual([
      {
        ...{ start: '2026-02-01T00:00:00.000Z', end: '2026-03-01T00:00:00.000Z', attempts: 6 },
        isSameLength: false,
      },
    ])
  })
})

describe('a filter', () => {
  const attempts = async (filter: string) => {
    const { total } = await measures<{ total: { attempts: number } }>(
      `${DAY}, filter: ${filter}`,
      'total { attempts }',
    )
    return total.attempts
  }

  it('is by lists, prefixes and ranges of versions, what is not rolled up included', async () => {
    expect(await attempts('{}')).toBe(66)
    expect(
      await attempts('{ deviceType: { in: ["ios", "UNKNOWN"] }, outcome: { notIn: ["failure"] } }'),
    ).toBe(16)
    expect(await attempts('{ locale: { notIn: ["ny"] } }')).toBe(10)
    expect(await attempts('{ appVersion: { notIn: ["2.10.0"] } }')).toBe(6)
    expect(await attempts('{ appVersion: { range: ">=2.9 <2.10" } }')).toBe(2)
    expect(await attempts('{ appVersion: { startsWith: "2.1", range: "*" } }')).toBe(60)
    expect(await attempts('{ usRegion: { in: ["South"] }, locale: { in: ["TX", "NY"] } }')).toBe(8)
    expect(await attempts('{ locale: { in: [] } }')).toBe(0)
  })

  it('by a value that is not known is answered with 0 and a warning, also from the cache', async () => {
    const query = `{ total: measures(${DAY}, filter: { locale: { in: ["zg"] } }) { total { logins } }
                     all: measures(${DAY}) { total { logins } } }`
    const first = await ask(query)
    expect(first.data).toEqual({ total: { total: { logins: 0 } }, all: { total: { logins: 52 } } })
    expect(first.extensions).toEqual({
      warnings: [
        {
          ...{ code: 'UNKNOWN_VALUE', path: ['total'], argument: 'filter.locale.in' },
          message:
            '"zg": no known locale, and matches nothing; groupBy: [LOCALE] shows those that attempts had',
        },
      ],
    })
    expect(await ask(query)).toEqual(first)
    expect((await ask(`{ measures(${DAY}) { total { logins } } }`)).extensions).toBeUndefined()
  })
})

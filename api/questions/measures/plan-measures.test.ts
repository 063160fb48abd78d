import { describe, expect, it } from 'vitest'
import type { SelectedField } from '../selected-fields.ts'
import { type Asked, planMeasures } from './plan-measures.ts'

const plain: Asked = { groupBy: [], order: null, having: null, hasBuckets: true, past: [] }

/** Fields such as `groups.points.share measure=ATTEMPTS`, whose arguments have their defaults. */
const fields = (...texts: string[]): SelectedField[] =>
  texts.map((text) => {
    const [path = '', ...given] = text.split(' ')
    const names = path.split('.')
    const takesMeasure = ['share', 'series', 'peak'].includes(names.at(-1) ?? '')
    const args = Object.fromEntries(given.map((one) => one.split('=') as [string, string]))
    return { path: names, args: { ...(takesMeasure ? { measure: 'logins' } : {}), ...args } }
  })

const part = (text: string) => {
  const words = text.split(' ')
  return {
    isByBucket: words.includes('by-bucket'),
    failures: words.includes('failures') || words.includes('versions'),
    versions: words.includes('versions'),
    seen: words.includes('seen-in-buckets') ? 'buckets' : words.includes('seen') ? 'ranges' : 'nowhere',
  }
}

describe('what is read', () => {
  const byVersion: Asked = { ...plain, groupBy: ['app_version'] }
  it.each<[string, string[], Asked, string | null, string | null]>([
    ['nothing for the range alone', ['from', 'buckets.start', 'freshness.lag'], byVersion, null, null],
    ['attempts alone', ['total.attempts'], plain, 'attempts', null],
    ['failures, too, for logins', ['total.logins'], plain, 'failures', null],
    ['failures for a rate', ['total.attempts', 'total.failureRate'], plain, 'failures', null],
    ['buckets for points', ['points.attempts'], plain, 'by-bucket', null],
    ['buckets for a series', ['total.series measure=attempts'], plain, 'by-bucket', null],
    ['buckets for a peak', ['total.peak', 'total.peak.start'], plain, 'by-bucket failures', null],
    ['no buckets where there are none', ['points.logins'], { ...plain, hasBuckets: false }, 'failures', null],
    ['no groups where nothing is grouped by', ['groups.logins', 'groupCount'], plain, null, null],
    ['groups, which add up to the total', ['groups.attempts', 'total.logins'], byVersion, null, 'failures'],
    ['groups for their number', ['groupCount'], byVersion, null, 'attempts'],
    ['groups for the others', ['other.points.attempts'], byVersion, null, 'by-bucket'],
    [
      'groups by bucket, which add up to points',
      ['groups.series', 'points.attempts'],
      byVersion,
      null,
      'by-bucket failures',
    ],
    [
      'the total by bucket apart from groups that are not',
      ['groups.attempts', 'points.logins'],
      byVersion,
      'by-bucket failures',
      'attempts',
    ],
    ['failures for a share of logins', ['groups.share'], byVersion, null, 'failures'],
    ['versions for logins of older ones', ['points.outdatedLogins'], plain, 'by-bucket versions', null],
    ['nothing for the newest release', ['total.newestRelease'], plain, null, null],
    ['attempts for their share', ['groups.share measure=attempts'], byVersion, null, 'attempts'],
    [
      'what groups are ordered by',
      ['groups.values'],
      { ...byVersion, order: { measure: 'logins', direction: 'desc' } },
      null,
      'failures',
    ],
    ['when there were attempts', ['groups.lastSeenAt'], byVersion, null, 'seen'],
    [
      'when there were attempts, in buckets',
      ['total.points.firstSeenAt'],
      plain,
      'by-bucket seen-in-buckets',
      null,
    ],
    [
      'when there were attempts, for the order and the total',
      ['groups.values', 'total.peak.lastSeenAt'],
      { ...byVersion, order: { measure: 'last_seen_at', direction: 'asc' } },
      'by-bucket seen-in-buckets',
      'seen',
    ],
  ])('is %s', (_, selected, asked, total, groups) => {
    const plan = planMeasures(fields(...selected), asked)
    expect(plan.total).toEqual(total === null ? null : part(total))
    expect(plan.groups).toEqual(groups === null ? null : part(groups))
  })

  it('is beside other ranges only what is compared', () => {
    expect(planMeasures(fields('total.logins'), plain).isCompared).toBe(false)
    expect(planMeasures(fields('groups.points.compared.logins'), plain).isCompared).toBe(true)
  })
})

it('lists are counted as often as they are selected', () => {
  const { lists } = planMeasures(
    fields(
      ...['points', 'points.logins', 'points.compared', 'total.points', 'total.series', 'groups.points'],
      ...['groups.points.compared', 'groups.series', 'groups.series', 'other.points', 'groups.compared'],
    ),
    { ...plain, groupBy: ['locale'] },
  )
  expect(lists).toEqual({
    total: { points: 2, comparedPoints: 1, series: 1 },
    group: { points: 1, comparedPoints: 1, series: 2 },
    other: { points: 1, comparedPoints: 0, series: 0 },
  })
})

describe('what is refused', () => {
  it.each<[string, SelectedField[], Asked, RegExp]>([
    ['a share of a rate', fields('groups.share measure=failure_rate'), plain, /share is of ATTEMPTS/],
    [
      'a series of moments',
      fields('total.series measure=last_seen_at'),
      plain,
      /ask for lastSeenAt of points/,
    ],
    [
      'groups by the moment of their last attempt',
      fields('groups.attempts'),
      { ...plain, groupBy: ['locale'], having: { measure: 'last_seen_at', atLeast: 1 } },
      /having is of a number/,
    ],
    [
      'a share within what is not grouped by',
      [{ path: ['groups', 'share'], args: { measure: 'logins', within: ['locale'] } }],
      { ...plain, groupBy: ['app_version'] },
      /within names LOCALE, which groupBy does not/,
    ],
    [
      'moments by the clock',
      fields('groups.lastSeenAt'),
      { ...plain, groupBy: ['weekday'] },
      /not known by WEEKDAY/,
    ],
    [
      'the newest release of the past',
      fields('total.newestRelease'),
      { ...plain, past: ['asOf'] },
      /as of now only/,
    ],
    [
      'logins older than it',
      fields('points.outdatedLogins'),
      { ...plain, past: ['asOf'] },
      /give outdatedLogins a version/,
    ],
    [
      'logins older than no version',
      fields('points.outdatedLogins olderThan=new'),
      plain,
      /olderThan is "new"/,
    ],
    ['moments of the past', fields('total.firstSeenAt'), { ...plain, past: ['asOf'] }, /as of now only/],
    [
      'an order by moments of the past',
      fields('groups.values'),
      { ...plain, past: ['asOf'], order: { measure: 'last_seen_at', direction: 'asc' } },
      /orderBy LAST_SEEN_AT is known as of now only/,
    ],
  ])('is %s', (_, selected, asked, message) => {
    expect(() => planMeasures(selected, asked)).toThrow(message)
  })
})

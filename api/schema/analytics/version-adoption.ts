import { anyLogin, type CountFilter } from '../../../db/read/counts/count-filter.ts'
import { readReleases } from '../../../db/read/counts/releases.ts'
import { type AdoptionPoint, adoptionOf, type VersionShare } from '../../../domain/counts/adoption.ts'
import { bucketMs, floorTo, type TimeBucket } from '../../../domain/time/bucket.ts'
import { newestReleases, releaseRule } from '../../../domain/counts/releases.ts'
import { parseVersion, type Version } from '../../../domain/fields/versions.ts'
import { builder } from '../builder.ts'
import type { ApiContext } from '../../context/context.ts'
import { countSeries } from '../../questions/count-series.ts'
import {
  InvalidRangeError,
  InvalidVersionError,
  RangeTooLargeError,
  TooManyRowsError,
} from '../../context/errors.ts'
import { type QuestionRange, questionRange } from '../../questions/question-range.ts'
import { bucketArgs, countFilter } from './count-args.ts'
import { BucketEnum } from '../fields/analytics-enums.ts'
import { completenessFor, type Marks, marksOf } from '../../questions/bucket-completeness.ts'
import { freshnessField } from '../fields/freshness.ts'
import { isCompleteField, isCutField } from '../fields/marks.ts'
import { fromField, toField } from '../fields/range-fields.ts'

const VersionShareType = builder.objectRef<VersionShare>('VersionShare').implement({
  description: 'The logins of one app version in a bucket.',
  fields: (t) => ({
    version: t.exposeString('version', { description: 'The version as the login said it.' }),
    logins: t.expose('logins', { type: 'BigInt', description: 'Accepted logins with it.' }),
    share: t.exposeFloat('share', { description: 'Share of all logins of the bucket, from 0 to 1.' }),
  }),
})

type PointShape = AdoptionPoint & Marks

const VersionPoint = builder.objectRef<PointShape>('VersionPoint').implement({
  description: 'App versions of one bucket.',
  fields: (t) => ({
    start: t.field({
      type: 'DateTime',
      description: 'First moment of the bucket, or of the range where that cuts it.',
      resolve: ({ bucket }) => new Date(bucket.fromMs),
    }),
    end: t.field({
      type: 'DateTime',
      description: 'End of it, itself not in it.',
      resolve: ({ bucket }) => new Date(bucket.toMs),
    }),
    isComplete: t.field(isCompleteField),
    isCut: t.field(isCutField),
    logins: t.expose('logins', { type: 'BigInt', description: 'Accepted logins of the bucket.' }),
    versions: t.expose('versions', {
      type: [VersionShareType],
      complexity: { field: 1, multiplier: 10 },
      description: 'Those with logins, in order of semver (2.10 is 2.10.0); what is no version comes last.',
    }),
    newest: t.exposeString('newest', {
      nullable: true,
      description:
        'The version that others are compared with: `current`, or else the highest release. A version counts as a release for ' +
        `${releaseRule.days} days (UTC), from each day on which it had at least ${releaseRule.leastPercent} % of the logins, and also ` +
        `${releaseRule.fewLogins} logins, or 2 that are ${releaseRule.fewPercent} %, or half of all. It does not matter whether these days are in ` +
        'the range, and of the filter only the device types apply. Null when there was no release.',
    }),
    outdatedLogins: t.expose('outdatedLogins', {
      type: 'BigInt',
      description: 'Logins with a version older than `newest`; what is no version is not older.',
    }),
    outdatedShare: t.exposeFloat('outdatedShare', { description: 'The same as part of all, from 0 to 1.' }),
  }),
})

const VersionAdoption = builder
  .objectRef<{ range: TimeBucket; points: PointShape[] }>('VersionAdoption')
  .implement({
    description: 'How versions of the app follow each other.',
    fields: (t) => ({
      from: t.field(fromField(({ range }) => range)),
      to: t.field(toField(({ range }) => range)),
      points: t.expose('points', {
        type: [VersionPoint],
        complexity: { field: 1, multiplier: 50 },
        description: 'In order of time.',
      }),
      freshness: t.field(freshnessField),
    }),
  })

builder.queryField('versionAdoption', (t) =>
  t.field({
    type: VersionAdoption,
    nullable: true,
    errors: {
      types: [InvalidRangeError, RangeTooLargeError, TooManyRowsError, InvalidVersionError],
      union: { description: 'The curve, or why not.' },
    },
    description: 'The share of each version of the app over time, and of outdated ones.',
    args: {
      ...bucketArgs(),
      bucket: t.arg({ type: BucketEnum, defaultValue: 'day', description: 'Length of the buckets.' }),
      current: t.arg.string({
        description:
          'The version that others are outdated against, such as 2.10.0 or 2.10 (semver). Left out: the highest release, see ' +
          '`newest`.',
      }),
    },
    resolve: async (_, { bucket, current, ...args }, context, info) => {
      const range = questionRange(bucket ?? 'day', args, context.clock.minuteMs)
      const filter = countFilter(args.filter)
      const newestOf =
        current == null ? await newestIn(context, range, filter) : constantly(versionOf(current))
      const series = await countSeries(context, range.buckets, {
        source: { kind: 'now' },
        groupBy: ['app_version'],
        filter,
      })
      const points = adoptionOf([...series.values()], range.buckets, newestOf)
      const marks = marksOf(range, await completenessFor(context, info))
      return { range, points: points.flatMap((point, place) => withMarks(point, marks[place])) }
    },
  }),
)

const constantly = (version: Version) => () => version

/** @throws {InvalidVersionError} */
function versionOf(current: string): Version {
  const version = parseVersion(current)
  if (version !== null) return version
  throw new InvalidVersionError(
    `current is ${JSON.stringify(current)}, which is not a version that others could be older than: give one such as "2.10.0", ` +
      '"2.10" or "3.0.0-rc.1", or leave it out for the highest release',
  )
}

/**
 * The newest release as of the end of a bucket, or as of now if the bucket is not over. Of the filter only
 * the device types apply, because versions are released by device type.
 */
async function newestIn(
  { read, clock }: ApiContext,
  { fromMs, toMs }: QuestionRange,
  { deviceTypes }: CountFilter,
): Promise<(bucket: TimeBucket) => Version | null> {
  // Releases are decided by day, so the end of the current minute will do for now.
  const nowMs = clock.minuteMs + bucketMs.minute
  const lastMs = Math.min(toMs, nowMs)
  const days = {
    fromMs: floorTo(Math.min(fromMs, lastMs), bucketMs.day) - releaseRule.days * bucketMs.day,
    toMs: -floorTo(-lastMs, bucketMs.day),
  }
  const releases = await read((session) => readReleases(session, days, { ...anyLogin, deviceTypes }))
  const newest = newestReleases(releases)
  return (bucket) => newest(Math.min(bucket.toMs, nowMs))
}

const withMarks = (point: AdoptionPoint, marks: Marks | undefined): PointShape[] =>
  marks === undefined ? [] : [{ ...point, ...marks }]

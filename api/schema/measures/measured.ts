import { releaseRule } from '../../../domain/counts/releases.ts'
import { type Measure, measures } from '../../../domain/measures/measure.ts'
import { outdatedLogins } from '../../../domain/measures/outdated-logins.ts'
import { versionOf } from '../../questions/version-argument.ts'
import type { Compared, Measured, Point } from '../../questions/measures/shape-measures.ts'
import { needs } from '../../context/permission.ts'
import { builder } from '../builder.ts'
import { capitals } from '../fields/enum-values.ts'
import { DimensionEnum } from '../fields/dimensions.ts'
import { isCompleteField, isCutField } from '../fields/marks.ts'

export const MeasureEnum = builder.enumType('Measure', {
  description: 'A measure by the name of its field in `Measured`. Not every field has one.',
  values: capitals(
    Object.fromEntries(Object.entries(measures).map(([name, { about }]) => [name, about])) as Record<
      Measure,
      string
    >,
  ),
})

/** The argument `measure` of fields that are about one. */
export const measureArgs = (description = 'Which measure.') =>
  builder.args((t) => ({
    measure: t.field({ type: MeasureEnum, required: true, defaultValue: 'logins', description }),
  }))

/** `extensions` of a field with the argument `measure`. */
export const ofMeasure = {
  readsSets: ({ measure }: { measure: Measure }): boolean => measures[measure].source === 'people',
}

const count = (measure: 'attempts' | 'logins' | 'failures') => ({
  type: 'BigInt' as const,
  description: measures[measure].about,
  resolve: ({ tally }: Measured) => measures[measure].of(tally),
})

/** Null stands for a moment that there is none of. */
const momentOf = (ms: number): Date | null => (Number.isFinite(ms) ? new Date(ms) : null)

export const MeasuredInterface = builder.interfaceRef<Measured>('Measured').implement({
  extensions: needs('figures'),
  description: 'What was measured in a span of time, of one group or of all. Only what is selected is read.',
  fields: (t) => ({
    start: t.field({
      type: 'DateTime',
      description: 'First moment of the span.',
      resolve: ({ span }) => new Date(span.fromMs),
    }),
    end: t.field({
      type: 'DateTime',
      description: 'End of the span, exclusive.',
      resolve: ({ span }) => new Date(span.toMs),
    }),
    isComplete: t.field(isCompleteField),
    isCut: t.field({
      ...isCutField,
      description:
        'Whether the range covers only a part of a bucket, which begins before `start` or ends after `end`. Of a whole range: of ' +
        'its first or its last bucket. For example, with buckets of weeks, a range from 1 November 2026, a Sunday, cuts the week of 26 October.',
    }),
    elapsedMinutes: t.float({
      description:
        'Minutes of the span that are over: a rate per minute is logins divided by elapsedMinutes. Of a group by WEEKDAY or HOUR_OF_DAY: ' +
        'those in which the clock shows them.',
      resolve: (measured) => measured.minutes(),
    }),
    attempts: t.field(count('attempts')),
    logins: t.field(count('logins')),
    failures: t.field(count('failures')),
    failureRate: t.float({
      nullable: true,
      description: 'failures / attempts, from 0 to 1; null without attempts.',
      resolve: ({ tally }) => measures.failure_rate.of(tally),
    }),
    newestRelease: t.string({
      nullable: true,
      description:
        'The highest version that counts as a release at the end of the span, or as of now; no pre-release. A version counts as one ' +
        `for ${releaseRule.days} days (UTC), from each day on which it had at least ${releaseRule.leastPercent} % of the attempts, and also ` +
        `${releaseRule.fewLogins} of them, or 2 that are ${releaseRule.fewPercent} %, or half of all. Of filter and groups only device types ` +
        'matter, and it does not matter whether these days are in the range. Null without a release.',
      resolve: (measured) => measured.newestRelease()?.version ?? null,
    }),
    outdatedLogins: t.field({
      type: 'BigInt',
      args: {
        olderThan: t.arg.string({
          description:
            'The version that others are older than (semver). Default: newestRelease. Example: "2.10".',
        }),
      },
      description: 'Logins with an app version older than `olderThan`; what is no version is not older.',
      resolve: (measured, { olderThan }) =>
        outdatedLogins(measured.tally, olderThan == null ? measured.newestRelease() : versionOf(olderThan)),
    }),
    firstSeenAt: t.field({
      type: 'DateTime',
      nullable: true,
      description:
        'Start of the first minute with an attempt of the kind asked for (`attempts`); of the quarter of an hour before ' +
        'MINUTE_RETENTION_DAYS. Null without one.',
      resolve: ({ tally }) => momentOf(tally.firstSeenMs),
    }),
    lastSeenAt: t.field({
      type: 'DateTime',
      nullable: true,
      description:
        'Start of the last minute with such an attempt, or of the quarter of an hour, as firstSeenAt; null without one.',
      resolve: ({ tally }) => momentOf(tally.lastSeenMs),
    }),
  }),
})

export const ComparedType = builder.objectRef<Compared>('MeasuredComparison').implement({
  extensions: needs('figures'),
  description:
    'What was measured in a span that the question compares with. Where the clock or the calendar has no such span, its end is its start.',
  interfaces: [MeasuredInterface],
  fields: (t) => ({
    isSameLength: t.boolean({
      description:
        'Whether it is as long as what it is compared with, and as many minutes of both are over. Months, leap days and clock changes can ' +
        'make lengths differ; of a running bucket less is over. Compare until the same time (`to`) to have both alike.',
      resolve: (compared) => compared.isSameLength(),
    }),
  }),
})

/** The field `compared` of what has spans to compare with. */
export const comparedField = {
  complexity: { field: 1, multiplier: 2 },
  resolve: (point: Point) => point.compared(),
}

/** Of what there are shares. */
export const OF_SHARES =
  'Of which measure; one that adds up, or USERS, DEVICES, ADDRESSES, whose shares may add up to more than 1.'

/** The arguments of `share`. */
export const shareArgs = () => ({
  ...measureArgs(OF_SHARES),
  ...builder.args((t) => ({
    within: t.field({
      type: [DimensionEnum],
      required: { list: true, items: true },
      defaultValue: [],
      description:
        'Among the groups with the same values of these dimensions; none: among all. Of groups by [LOCALE, APP_VERSION], ' +
        'share(within: [LOCALE]) is the share of a version in its state. Example: [LOCALE].',
    }),
  })),
})

export const PointType = builder.objectRef<Point>('MeasuredPoint').implement({
  extensions: needs('figures'),
  description: 'A bucket of time, of one group or of all.',
  interfaces: [MeasuredInterface],
  fields: (t) => ({
    compared: t.field({
      ...comparedField,
      type: [ComparedType],
      description: 'The same in the ranges of `compareTo`, in its order: the bucket at the same place.',
    }),
    share: t.float({
      nullable: true,
      args: shareArgs(),
      extensions: ofMeasure,
      description:
        'Of a group: its share of all groups in this bucket, from 0 to 1; of all: 1. Null where all have nothing.',
      resolve: (point, { measure, within }) => point.share(measure, within),
    }),
  }),
})

import { byField } from '../../../domain/counts/dimensions.ts'
import type { UsRegion } from '../../../domain/fields/us-region.ts'
import { builder } from '../builder.ts'
import { limits } from '../../context/limits.ts'
import type { Marks } from '../../questions/bucket-completeness.ts'
import { isCompleteField, isCutField } from '../fields/marks.ts'
import { titleOf, typeOf, UsRegionEnum } from '../fields/dimensions.ts'
import type { Point, SeriesShape } from '../../questions/series-shape.ts'

type Bucket = Marks & Pick<Point, 'fromMs' | 'toMs'>

const startField = {
  type: 'DateTime' as const,
  description: 'First moment of the bucket, or of the range where that cuts it.',
  resolve: ({ fromMs }: Bucket) => new Date(fromMs),
}
const endField = {
  type: 'DateTime' as const,
  description: 'End of it, itself not in it.',
  resolve: ({ toMs }: Bucket) => new Date(toMs),
}
export const LoginBucket = builder.objectRef<Bucket>('LoginBucket').implement({
  description: 'A stretch of time whose logins are counted together.',
  fields: (t) => ({
    start: t.field(startField),
    end: t.field(endField),
    isComplete: t.field(isCompleteField),
    isCut: t.field(isCutField),
  }),
})

const LoginPoint = builder.objectRef<Point>('LoginPoint').implement({
  description: 'Logins of one bucket.',
  fields: (t) => ({
    start: t.field(startField),
    end: t.field(endField),
    logins: t.expose('logins', { type: 'BigInt', description: 'Accepted logins, each counted once.' }),
    previousLogins: t.expose('previousLogins', {
      type: 'BigInt',
      nullable: true,
      description:
        'Logins of the matching bucket of the previous period: the one at the same place, or, for hours and minutes ' +
        'of whole days, at the same time of the clock. Null when that period was not asked for, or has no such hour ' +
        'because clocks changed. A bucket that is still running is compared with a whole one.',
    }),
    share: t.exposeFloat('share', {
      description: 'Share of the logins of all series in this bucket, from 0 to 1; 0 when there are none.',
    }),
    ratePerMinute: t.float({
      description: 'Logins a minute, over the part of the bucket that is over; 0 before it begins.',
      resolve: ({ logins, minutes }) => {
        const over = minutes()
        return over === 0 ? 0 : Number(logins) / over
      },
    }),
    isComplete: t.field(isCompleteField),
    isCut: t.field(isCutField),
  }),
})
export const LoginSeries = builder.objectRef<SeriesShape>('LoginSeries').implement({
  description: 'Logins over time of one value of each dimension that was grouped by; null where it was not.',
  fields: (t) => ({
    ...byField((dimension) =>
      t.field({
        type: typeOf(dimension),
        nullable: true,
        description: `${titleOf(dimension)}.`,
        resolve: ({ values }) => values[dimension.name] ?? null,
      }),
    ),
    usRegion: t.field({
      type: UsRegionEnum,
      nullable: true,
      description: 'Region of the US.',
      resolve: ({ values }) => (values.us_region ?? null) as UsRegion | null,
    }),
    total: t.expose('total', { type: 'BigInt', description: 'Logins of all its buckets.' }),
    previousTotal: t.expose('previousTotal', {
      type: 'BigInt',
      nullable: true,
      description:
        'Logins of the whole previous period, including buckets that match none of this one; null when it was not ' +
        'asked for.',
    }),
    peak: t.field({
      type: LoginPoint,
      nullable: true,
      description: 'The first of the buckets with the most logins; null without any.',
      resolve: ({ peak }) => peak(),
    }),
    points: t.field({
      type: [LoginPoint],
      // Capped by their number; only what is asked of each counts here.
      complexity: { field: 1, multiplier: 100 },
      description: `In order of time; at most ${limits.points} of all series together.`,
      resolve: ({ places, point }) => places.map(point),
    }),
    counts: t.field({
      type: ['BigInt'],
      description:
        'Logins of each of the `buckets` of LoginCounts, in their order, whatever fillGaps says. For charts with many ' +
        'points: a tenth of the size of `points`.',
      resolve: ({ counts }) => counts(),
    }),
    previousCounts: t.field({
      type: ['BigInt'],
      nullable: { list: true, items: true },
      description:
        '`previousLogins` of each of the `buckets`; null when the previous period was not asked for.',
      resolve: ({ previousCounts }) => previousCounts(),
    }),
  }),
})

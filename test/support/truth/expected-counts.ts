import { type DimensionField, dimensions } from '../../../domain/counts/dimensions.ts'
import type { GroundTruth } from '../../../generator/ground-truth.ts'
import { sumTally, type Tally } from './difference.ts'

export const bucketSizes = ['minute', 'hour'] as const
export type BucketName = (typeof bucketSizes)[number] | 'quarter'

/** How much of `2024-07-10T02:00` names the bucket, and how long one is. */
const NAME_LENGTH = { minute: 16, quarter: 16, hour: 13 }
const LENGTH_MS = { minute: 60_000, quarter: 900_000, hour: 3_600_000 }

/** Logins by bucket and dimensions, each named by `countName`. */
export const expectedCounts = (truth: GroundTruth, size: BucketName): Tally =>
  sumTally(
    truth.counts().map((count) => {
      const bucket = bucketOf(`${count.minute.slice(0, NAME_LENGTH.minute)}Z`, size)
      return [countName({ ...count, bucket }), count.logins]
    }),
  )

export type CountName = { bucket: string } & Record<DimensionField, string>

export const countName = (count: CountName): string =>
  JSON.stringify([count.bucket, ...dimensions.map(({ field }) => count[field])])

export const bucketOf = (time: Date | string, size: BucketName): string =>
  new Date(Math.floor(new Date(time).getTime() / LENGTH_MS[size]) * LENGTH_MS[size])
    .toISOString()
    .slice(0, NAME_LENGTH[size])

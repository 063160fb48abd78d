import { anyLogin, type CountFilter } from '../../../db/read/counts/count-filter.ts'
import { readReleases } from '../../../db/read/counts/releases.ts'
import { newestReleases, releaseRule } from '../../../domain/counts/releases.ts'
import { closedValues } from '../../../domain/counts/value-filter.ts'
import type { Version } from '../../../domain/fields/versions.ts'
import { type GroupDimension, valueText } from '../../../domain/measures/group-dimension.ts'
import { bucketMs, floorTo, type TimeBucket } from '../../../domain/time/bucket.ts'
import type { ApiContext } from '../../context/context.ts'

/** The newest release as of the end of a span, for a group by its values or for all; null: there is none. */
export type NewestRelease = (span: TimeBucket, values: readonly string[]) => Version | null

type ReleaseQuestion = {
  ranges: readonly TimeBucket[]
  groupBy: readonly GroupDimension[]
  filter: CountFilter
}

/**
 * Reads what was released by when. Of filter and groups only device types matter, because versions are released
 * by device type. A span that is not over is looked at as of now.
 */
export async function readNewest(
  { read, clock }: Pick<ApiContext, 'read' | 'clock'>,
  { ranges, groupBy, filter: { deviceTypes } }: ReleaseQuestion,
): Promise<NewestRelease> {
  // Releases are decided by day, so the end of the current minute will do for now.
  const nowMs = clock.minuteMs + bucketMs.minute
  const [firstMs, lastMs] = [
    Math.min(...ranges.map(({ fromMs }) => fromMs)),
    Math.min(nowMs, Math.max(...ranges.map(({ toMs }) => toMs))),
  ]
  const days = {
    fromMs: floorTo(Math.min(firstMs, lastMs), bucketMs.day) - releaseRule.days * bucketMs.day,
    toMs: -floorTo(-lastMs, bucketMs.day),
  }
  const newestOf = async (deviceTypes: string[] | null) =>
    newestReleases(await read((session) => readReleases(session, days, { ...anyLogin, deviceTypes })))
  const place = groupBy.indexOf('device_type')
  const all = await newestOf(deviceTypes)
  const byType = new Map<string | undefined, typeof all>()
  if (place >= 0)
    for (const type of closedValues('device_type') ?? [])
      byType.set(valueText('device_type', type), await newestOf([type]))
  return (span, values) => (byType.get(values[place]) ?? all)(Math.min(span.toMs, nowMs))
}

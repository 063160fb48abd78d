import { slotNames, smallestSet } from '../../domain/counts.ts'
import type { TimeBucket } from '../../domain/cover-buckets.ts'
import { isoTime } from '../../domain/iso-time.ts'
import { type ReleaseDays, releaseRule } from '../../domain/releases.ts'
import { type CountFilter, filteredDimensions, withinFilter } from './count-filter.ts'
import type { ReadSession } from './snapshot.ts'

const { leastPercent, fewLogins, fewPercent } = releaseRule
const LOGINS_OF_DAY = slotNames.hour.map((slot) => `${slot}::bigint`).join(' + ')

/**
 * Versions, pre-releases and what is none among them, with the days (UTC) of a range on which they had enough logins to count
 * as released (domain/releases.ts). Texts of one version are one: with a v before it, of two parts, with build metadata.
 * @param range of whole days
 */
export async function readReleases(
  { sql }: ReadSession,
  { fromMs, toMs }: TimeBucket,
  filter: CountFilter,
): Promise<ReleaseDays[]> {
  const [from, to] = [isoTime(fromMs), isoTime(toMs)]
  const set = smallestSet(['app_version', ...filteredDimensions(filter)])
  const rows = await sql<{ version: string; days: string }[]>`
    /* releases */
    with counted as materialized (
      select day, app_version, sum(logins) as logins
      from (
        select day, app_version, ${sql.unsafe(LOGINS_OF_DAY)} as logins
        from hour_count
        where dimension_set = ${set}::smallint and day >= ${from}::text::timestamptz and day < ${to}::text::timestamptz
          ${withinFilter(sql, filter)}
        union all
        select date_trunc('day', bucket, 'UTC'), app_version, logins
        from login_count_unfolded
        where bucket >= ${from}::text::timestamptz and bucket < ${to}::text::timestamptz ${withinFilter(sql, filter)}
      ) as counts
      group by day, app_version
    ), named as materialized (
      select app_version, regexp_replace(
               regexp_replace(app_version, '^v|\\+.*$', '', 'g'), '^(\\d+\\.\\d+)(-.*)?$', '\\1.0\\2') as version
      from (select distinct app_version from counted) as used
    ), daily as (
      select day, version, sum(logins) as logins, sum(sum(logins)) over (partition by day) as total
      from counted join named using (app_version)
      group by day, version
    )
    select version, string_agg((extract(epoch from day) * 1000)::bigint::text, ',' order by day) as days
    from daily
    where logins * 100 >= total * ${leastPercent}::integer
      and (logins >= ${fewLogins}::integer or logins * 100 >= total * ${fewPercent}::integer)
    group by version`
  return rows.map(({ version, days }) => ({ version, days: days.split(',').map(Number) }))
}

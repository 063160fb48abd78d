import { slotNames, smallestSet } from '../../../domain/counts/counts.ts'
import type { TimeBucket } from '../../../domain/time/bucket.ts'
import { isoTime } from '../../../domain/time/iso-time.ts'
import { type ReleaseDays, releaseRule } from '../../../domain/counts/releases.ts'
import { type CountFilter, filteredDimensions, withinFilter } from './count-filter.ts'
import type { ReadSession } from '../../nodes/snapshot.ts'

const { leastPercent, fewLogins, fewPercent } = releaseRule
// Floats are exact up to 2^53, and Postgres adds them up faster than integers.
const LOGINS_OF_DAY = `(0::bigint + ${slotNames.hour.join(' + ')})::float8`

/**
 * Reads all versions, including pre-releases and texts that are no version, with the days (UTC) of a range on
 * which they had enough logins to count as released (domain/counts/releases.ts). Spellings of one version are
 * taken together: with a leading v, with two parts, or with build metadata.
 * @param range a range of whole days
 */
export async function readReleases(
  { sql }: ReadSession,
  { fromMs, toMs }: TimeBucket,
  filter: CountFilter,
): Promise<ReleaseDays[]> {
  const [from, to] = [isoTime(fromMs), isoTime(toMs)]
  const set = smallestSet(['app_version', ...filteredDimensions(filter)], filter.outcomes)
  const rows = await sql<{ version: string; days: string }[]>`
    /* readReleases */
    select version, string_agg((extract(epoch from day) * 1000)::bigint::text, ',') as days
    from (
      select day, version, sum(logins) as logins, sum(sum(logins)) over (partition by day) as total
      from (select day, logins, ${versionOf(sql)} from (
        select day, app_version, ${sql.unsafe(LOGINS_OF_DAY)} as logins
        from hour_count
        where dimension_set = ${set}::smallint and day >= ${from}::text::timestamptz and day < ${to}::text::timestamptz
          ${withinFilter(sql, filter)}
        union all
        select date_trunc('day', bucket, 'UTC'), app_version, logins::float8
        from login_count_pending
        where bucket >= ${from}::text::timestamptz and bucket < ${to}::text::timestamptz ${withinFilter(sql, filter)}
      ) as counts) as named
      group by day, version
    ) as daily
    where logins * 100 >= total * ${leastPercent}::integer
      and (logins >= ${fewLogins}::integer or logins >= 2 and logins * 100 >= total * ${fewPercent}::integer
           or logins * 2 >= total)
    group by version`
  return rows.map(({ version, days }) => ({ version, days: days.split(',').map(Number) }))
}

/**
 * Makes `version` from a text: three parts, no v, no build metadata. Only texts with one dot need a (slow)
 * pattern.
 */
const versionOf = (sql: ReadSession['sql']) => {
  const bare = sql`split_part(case when app_version like 'v%' then substr(app_version, 2) else app_version end, '+', 1)`
  return sql`
    case when length(app_version) - length(replace(app_version, '.', '')) = 1
         then regexp_replace(${bare}, '^(\\d+\\.\\d+)(-.*)?$', '\\1.0\\2')
         else ${bare} end as version`
}

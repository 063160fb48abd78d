import { TOPIC_ID } from '../../../domain/pipeline/partition-log-fixture.ts'
import type { Sql } from '../../../db/connection/connect.ts'
import { addKnownValues } from '../../../db/rollups/known-values.ts'
import { ALL_DIMENSIONS, dimensionBit, dimensionSets, slotNames } from '../../../domain/counts/counts.ts'
import { type DimensionName, dimensionNames } from '../../../domain/counts/dimensions.ts'
import { entriesOf } from '../../../domain/sightings/sighting-cache.ts'
import type { Sightings } from '../../../domain/sightings/sighting.ts'

type CountEntry = [minute: string, deviceType: string, appVersion: string, locale: string, logins: number]

/** Counts as a rollup keeps them: by every set of dimensions, in the hour of the minute and in its day; and their values. */
export async function insertCounts(sql: Sql, entries: CountEntry[]): Promise<void> {
  for (const [minute, deviceType, appVersion, locale, logins] of entries) {
    const at = new Date(minute)
    const values: Partial<Record<DimensionName, string>> = {
      device_type: deviceType,
      app_version: appVersion,
      locale,
      outcome: 'unknown',
    }
    for (const set of dimensionSets) {
      const kept = dimensionNames.map((name) =>
        (set & dimensionBit[name]) === 0 ? '' : (values[name] ?? ''),
      )
      await addToSlot(
        sql,
        'minute_count',
        ['hour', slotNames.minute[at.getUTCMinutes()]],
        at,
        set,
        kept,
        logins,
      )
      await addToSlot(sql, 'hour_count', ['day', slotNames.hour[at.getUTCHours()]], at, set, kept, logins)
    }
  }
  await sql.unsafe(
    addKnownValues(`(select * from hour_count where dimension_set = ${ALL_DIMENSIONS}) as counted`),
  )
}

async function addToSlot(
  sql: Sql,
  table: string,
  [unit = '', slot = '']: (string | undefined)[],
  at: Date,
  set: number,
  values: string[],
  logins: number,
): Promise<void> {
  await sql`
    insert into ${sql(table)} as held (dimension_set, ${sql(unit)}, ${sql(dimensionNames)}, ${sql(slot)})
    select ${set}, date_trunc(${unit}, ${at.toISOString()}::text::timestamptz, 'UTC'), kept[1], kept[2], kept[3], kept[4],
           ${logins}::integer
    from (select ${values}::text[] as kept) as given
    on conflict (dimension_set, ${sql(unit)}, ${sql(dimensionNames)})
      do update set ${sql(slot)} = held.${sql(slot)} + excluded.${sql(slot)}`
}

export async function insertCheckpoint(
  sql: Sql,
  partition: number,
  nextOffset: number,
  watermark: string | null,
): Promise<void> {
  await sql`
    insert into partition_checkpoint
      (topic, partition, topic_id, next_offset, published_offset, logins, rejects, epoch, worker, watermark,
       unfinished_insight, claimed_at, updated_at)
    values ('user-login', ${partition}, ${TOPIC_ID}, ${nextOffset}, ${nextOffset}, ${nextOffset}, 0, 1, 'worker-a',
            ${watermark}::text::timestamptz, '{}', now(), now())`
}

export type BatchEntry = {
  id: number
  partition?: number
  incarnation?: number
  from: number
  to: number
  status?: string
  revision?: number
  /** All offsets when left out. */
  logins?: number
  rejects?: number
  gaps?: number
  loginRows?: number
  firstEventAt?: string | null
  committedAt: string
}

export async function insertBatches(sql: Sql, batches: BatchEntry[]): Promise<void> {
  for (const batch of batches) {
    const { id, partition = 0, incarnation = 0, from, to, status = 'committed', revision = 0 } = batch
    const {
      logins = to - from,
      rejects = 0,
      gaps = 0,
      loginRows = 0,
      firstEventAt = null,
      committedAt,
    } = batch
    await sql`
      insert into batch (id, topic, partition, incarnation, from_offset, to_offset, status, revision, logins, rejects, gaps,
                         login_rows, first_event_at, last_event_at, processed_at, committed_at, code_version)
      values (${id}, 'user-login', ${partition}, ${incarnation}, ${from}, ${to}, ${status}, ${revision}, ${logins},
              ${rejects}, ${gaps}, ${loginRows}, ${firstEventAt}::text::timestamptz, ${firstEventAt}::text::timestamptz,
              ${committedAt}::text::timestamptz, ${committedAt}::text::timestamptz, 'test')`
  }
}

/** What a batch added to minutes, all of it iOS 1.0 in CA, and not rolled up yet. */
export async function insertDelta(
  sql: Sql,
  batchId: number,
  buckets: string[],
  logins: number[],
  { revision = 0 } = {},
): Promise<void> {
  await sql`
    insert into pending_rollup (batch_id, topic, revision) values (${batchId}, 'user-login', ${revision})`
  await sql`insert into pending_commit_rollup (batch_id, revision) values (${batchId}, ${revision})`
  const all = (value: string) => buckets.map(() => value)
  await sql`
    insert into login_count_delta (batch_id, buckets, device_types, app_versions, locales, outcomes, logins, revision)
    values (${batchId}, ${buckets}::timestamptz[], ${all('iOS')}::text[], ${all('1.0')}::text[], ${all('CA')}::text[],
            ${all('unknown')}::text[], ${logins.map(String)}::bigint[], ${revision})`
}

export async function insertReject(
  sql: Sql,
  batchId: number,
  offset: number,
  { reason = 'not_json', redrivenIn = null as number | null } = {},
): Promise<void> {
  await sql`
    insert into rejected_login (topic, partition, kafka_offset, batch_id, reason, detail, headers, record_timestamp, rejected_at,
                                redriven_in)
    values ('user-login', 0, ${offset}, ${batchId}, ${reason}, 'no use', '[]', 1772359200000, now(), ${redrivenIn})`
}

/** What a batch leaves to be rolled up. */
export async function insertSightings(sql: Sql, batchId: number, sightings: Sightings): Promise<void> {
  await sql`
    insert into sighting_delta (batch_id, revision, entries, sightings)
    values (${batchId}, 0, ${entriesOf(sightings)}, ${JSON.stringify(sightings)}::text::json)`
}

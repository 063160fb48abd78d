import type { DecodedBatch } from '../domain/batch.ts'
import { countByMinute, rollUp, type BucketSize, type CountColumns } from '../domain/counts.ts'
import { PipelineFailure } from '../domain/failure.ts'
import type { Insight, UnfinishedInsight } from '../domain/insight.ts'
import type { PresenceColumns } from '../domain/presence.ts'
import type { Sql, Transaction } from './connect.ts'
import { copyLogins } from './copy-logins.ts'
import { insertRejects } from './insert-rejects.ts'

export type BatchCommit = {
  batchId: bigint
  epoch: bigint
  decoded: DecodedBatch
  insights: Insight[]
  unfinishedInsight: UnfinishedInsight
  presences: PresenceColumns
  /** Outputs below it are known to be committed in Kafka by now. */
  publishedOffset: bigint
  /** Logins of days before this one (Unix milliseconds, midnight UTC) are counted but not kept as rows. */
  keepRowsFromMs: number
  codeVersion: string
}

/**
 * Writes everything that a batch means in one transaction, and moves the checkpoint with it (G1).
 * Tables are written in one order and keys sorted, so that partitions in parallel cannot deadlock.
 * @throws {PipelineFailure} fenced, when another worker holds the partition or the checkpoint is not at `from`
 */
export async function commitBatch(sql: Sql, commit: BatchCommit): Promise<void> {
  await sql.begin(async (tx) => {
    const keptRows = commit.decoded.accepted.filter(({ login }) => login.eventTimeMs >= commit.keepRowsFromMs)
    const minutes = countByMinute(commit.decoded.accepted)
    // Not awaited one by one: postgres.js sends them without waiting for each answer.
    const writes = [
      moveCheckpoint(tx, commit),
      insertBatch(tx, commit, keptRows.length),
      insertRejects(tx, commit.batchId, commit.decoded),
      insertDelta(tx, commit.batchId, minutes),
      ...(['minute', 'hour', 'day'] as const).map((size) =>
        addCounts(
          tx,
          size,
          size === 'minute' ? minutes : rollUp(minutes, size),
          commit.decoded.range.partition,
        ),
      ),
      insertInsights(tx, commit),
      insertPresences(tx, commit.presences),
    ]
    await Promise.all(writes)
    await copyLogins(tx, commit.batchId, commit.decoded.range.partition, keptRows)
  })
}

async function moveCheckpoint(
  tx: Transaction,
  { decoded, epoch, unfinishedInsight, publishedOffset }: BatchCommit,
): Promise<void> {
  const { topic, partition, from, to } = decoded.range
  const moved = await tx`/* moveCheckpoint */
    update partition_checkpoint
    set next_offset = ${to},
        logins = logins + ${decoded.accepted.length},
        rejects = rejects + ${decoded.rejected.length},
        published_offset = greatest(published_offset, ${publishedOffset}::bigint),
        watermark = greatest(watermark, ${isoOrNull(watermarkMs(decoded))}::timestamptz),
        unfinished_insight = ${tx.json(unfinishedInsight)},
        updated_at = clock_timestamp()
    where topic = ${topic} and partition = ${partition} and next_offset = ${from} and epoch = ${epoch}`
  if (moved.count !== 1) {
    throw new PipelineFailure(
      'fenced',
      'postgres',
      `another worker took ${topic}/${partition}; offsets from ${from} are its to count`,
    )
  }
}

/** Latest event of the batch, but never later than its clock: a phone with a fast clock must not move the watermark ahead. */
function watermarkMs({ accepted, processedAtMs }: DecodedBatch): number | null {
  const latest = accepted.reduce((max, { login }) => Math.max(max, login.eventTimeMs), -Infinity)
  return latest === -Infinity ? null : Math.min(latest, processedAtMs)
}

async function insertBatch(
  tx: Transaction,
  { batchId, decoded, codeVersion }: BatchCommit,
  loginRows: number,
): Promise<void> {
  const { range, accepted, rejected, processedAtMs } = decoded
  const gaps = range.to - range.from - BigInt(accepted.length + rejected.length)
  const first = accepted.reduce((min, { login }) => Math.min(min, login.eventTimeMs), Infinity)
  const last = accepted.reduce((max, { login }) => Math.max(max, login.eventTimeMs), -Infinity)
  await tx`/* insertBatch */
    insert into batch (id, topic, partition, from_offset, to_offset, status, logins, rejects, gaps, login_rows,
                       first_event_at, last_event_at, processed_at, code_version)
    values (${batchId}, ${range.topic}, ${range.partition}, ${range.from}, ${range.to}, 'committed', ${accepted.length},
            ${rejected.length}, ${gaps}, ${loginRows}, ${isoOrNull(first)}, ${isoOrNull(last)},
            ${iso(processedAtMs)}, ${codeVersion})`
}

async function insertDelta(tx: Transaction, batchId: bigint, counts: CountColumns): Promise<void> {
  if (counts.logins.length === 0) return
  await tx`/* insertDelta */
    insert into login_count_delta (batch_id, buckets, device_types, app_versions, locales, outcomes, logins)
    values (${batchId}, ${counts.buckets.map(iso)}::timestamptz[], ${counts.deviceTypes}::text[],
            ${counts.appVersions}::text[], ${counts.locales}::text[], ${counts.outcomes}::text[],
            ${counts.logins.map(String)}::bigint[])`
}

async function addCounts(
  tx: Transaction,
  size: BucketSize,
  counts: CountColumns,
  shard: number,
): Promise<void> {
  if (counts.logins.length === 0) return
  await tx`/* addCounts */
    insert into login_count as held
      (bucket_size, bucket, device_type, app_version, locale, outcome, shard, logins)
    select ${size}::bucket_size, bucket, device_type, app_version, locale, outcome, ${shard}::integer, added.logins
    from unnest(${counts.buckets.map(iso)}::timestamptz[], ${counts.deviceTypes}::text[], ${counts.appVersions}::text[],
                ${counts.locales}::text[], ${counts.outcomes}::text[], ${counts.logins.map(String)}::bigint[])
      as added (bucket, device_type, app_version, locale, outcome, logins)
    on conflict (bucket_size, bucket, device_type, app_version, locale, outcome, shard)
      do update set logins = held.logins + excluded.logins`
}

async function insertInsights(tx: Transaction, { batchId, decoded, insights }: BatchCommit): Promise<void> {
  if (insights.length === 0) return
  await tx`/* insertInsights */
    insert into insight (topic, partition, first_offset, last_offset, batch_id, body)
    select ${decoded.range.topic}, ${decoded.range.partition}::integer, first_offset, last_offset, ${batchId}::bigint, body::json
    from unnest(${insights.map((i) => String(i.firstOffset))}::bigint[], ${insights.map((i) => String(i.lastOffset))}::bigint[],
                ${insights.map((i) => i.body)}::text[]) as made (first_offset, last_offset, body)`
}

/** Two partitions may write the same user: the order of keys keeps them from waiting for each other in a circle. */
async function insertPresences(tx: Transaction, { days, userIds }: PresenceColumns): Promise<void> {
  if (days.length === 0) return
  await tx`/* insertPresences */
    with seen as materialized (
      select date '1970-01-01' + day as day, user_id
      from unnest(${days.map(String)}::integer[], ${userIds}::text[]) as seen (day, user_id)
    ), present as (
      insert into user_activity (day, user_id) select day, user_id from seen order by day, user_id
      on conflict do nothing
    )
    insert into app_user as held (user_id, first_day, last_day)
    select user_id, min(day), max(day) from seen group by user_id order by user_id
    on conflict (user_id) do update
      set first_day = least(held.first_day, excluded.first_day), last_day = greatest(held.last_day, excluded.last_day)
      where excluded.first_day < held.first_day or excluded.last_day > held.last_day`
}

const iso = (timeMs: number): string => new Date(timeMs).toISOString()
const isoOrNull = (timeMs: number | null): string | null =>
  timeMs === null || !Number.isFinite(timeMs) ? null : iso(timeMs)

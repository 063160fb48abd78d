import type { DecidedBatch, OffsetRange } from '../domain/batch.ts'
import type { CountColumns } from '../domain/counts.ts'
import { PipelineFailure } from '../domain/failure.ts'
import type { PresenceColumns } from '../domain/presence.ts'
import type { Sql, Transaction } from './connect.ts'
import { copyLogins, type LoginRows } from './copy-logins.ts'
import { insertRejects } from './insert-rejects.ts'

export type BatchCommit = {
  batchId: bigint
  epoch: bigint
  /** Of the Postgres that the partition was claimed on. */
  serverStart: string
  decided: DecidedBatch
  rows: LoginRows
  /** Outputs below it are known to be committed in Kafka by now. */
  publishedOffset: bigint
  codeVersion: string
}

/**
 * Writes everything that a batch means in one transaction, and moves the checkpoint with it (G1).
 * Tables are written in one order and keys sorted, so that partitions in parallel cannot deadlock.
 * @throws {PipelineFailure} fenced, when another worker holds the partition or the checkpoint is not at `from`;
 * transient, when it is another Postgres than the one that was claimed on
 */
export async function commitBatch(sql: Sql, commit: BatchCommit): Promise<void> {
  await sql.begin(async (tx) => {
    const { range, minutes, presences } = commit.decided
    // Not awaited one by one: postgres.js sends them without waiting for each answer.
    const writes = [
      moveCheckpoint(tx, commit),
      insertBatch(tx, commit),
      insertRejects(tx, commit.batchId, commit.decided),
      insertDelta(tx, commit.batchId, range, minutes),
      insertInsights(tx, commit),
    ]
    await Promise.all(writes)
    await copyLogins(tx, commit.rows)
    // Last: partitions share users, and one that inserts a user keeps the others waiting until it commits.
    await insertPresences(tx, presences)
  })
}

async function moveCheckpoint(
  tx: Transaction,
  { decided, epoch, serverStart, publishedOffset }: BatchCommit,
): Promise<void> {
  const { topic, partition, from, to } = decided.range
  const [moved] = await tx<{ serverStart: string }[]>`/* moveCheckpoint */
    update partition_checkpoint
    set next_offset = ${to},
        logins = logins + ${decided.logins},
        rejects = rejects + ${decided.rejected.length},
        published_offset = greatest(published_offset, ${publishedOffset}::bigint),
        watermark = greatest(watermark, ${isoOrNull(watermarkMs(decided))}::timestamptz),
        unfinished_insight = ${tx.json(decided.unfinishedInsight)},
        updated_at = clock_timestamp()
    where topic = ${topic} and partition = ${partition} and next_offset = ${from} and epoch = ${epoch}
    returning pg_postmaster_start_time()::text as "serverStart"`
  if (moved === undefined) {
    throw new PipelineFailure(
      'fenced',
      'postgres',
      `another worker took ${topic}/${partition}; offsets from ${from} are its to count`,
    )
  }
  // The session was opened anew: what this process remembers to have committed may be missing there.
  if (moved.serverStart !== serverStart)
    throw new PipelineFailure('transient', 'postgres', 'Postgres: was started again')
}

/** Latest event of the batch, but never later than its clock: a phone with a fast clock must not move the watermark ahead. */
const watermarkMs = ({ events, processedAtMs }: DecidedBatch): number | null =>
  events === null ? null : Math.min(events.lastMs, processedAtMs)

async function insertBatch(
  tx: Transaction,
  { batchId, decided, rows, codeVersion }: BatchCommit,
): Promise<void> {
  const { range, logins, rejected, events, processedAtMs } = decided
  const gaps = range.to - range.from - BigInt(logins + rejected.length)
  await tx`/* insertBatch */
    insert into batch (id, topic, partition, from_offset, to_offset, status, logins, rejects, gaps, login_rows,
                       first_event_at, last_event_at, processed_at, code_version)
    values (${batchId}, ${range.topic}, ${range.partition}, ${range.from}, ${range.to}, 'committed', ${logins},
            ${rejected.length}, ${gaps}, ${rows.count}, ${isoOrNull(events?.firstMs ?? null)}, ${isoOrNull(events?.lastMs ?? null)},
            ${iso(processedAtMs)}, ${codeVersion})`
}

async function insertDelta(
  tx: Transaction,
  batchId: bigint,
  { topic, partition }: OffsetRange,
  counts: CountColumns,
): Promise<void> {
  if (counts.logins.length === 0) return
  await tx`/* insertDelta */
    with unfolded as (insert into unfolded_batch values (${batchId}, ${topic}, ${partition}))
    insert into login_count_delta (batch_id, buckets, device_types, app_versions, locales, outcomes, logins)
    values (${batchId}, ${counts.buckets.map(iso)}::timestamptz[], ${counts.deviceTypes}::text[],
            ${counts.appVersions}::text[], ${counts.locales}::text[], ${counts.outcomes}::text[],
            ${counts.logins.map(String)}::bigint[])`
}

async function insertInsights(tx: Transaction, { batchId, decided }: BatchCommit): Promise<void> {
  const { range, insights } = decided
  if (insights.length === 0) return
  await tx`/* insertInsights */
    insert into insight (topic, partition, first_offset, last_offset, batch_id, body)
    select ${range.topic}, ${range.partition}::integer, first_offset, last_offset, ${batchId}::bigint, body::json
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
const isoOrNull = (timeMs: number | null): string | null => (timeMs === null ? null : iso(timeMs))

import type { Sql } from '../../../db/connection/connect.ts'
import { fraction, sfc32 } from '../../../generator/sfc32.ts'
import { NOW_MS } from '../api/api-fixture.ts'
import { seed } from '../seed.ts'

/** Those of the topic. */
export const PARTITIONS = 3
/** Transactions that a test commits. */
export const STEPS = 60
/** By how much times may differ from the order of commits; less than answers allow for. */
const OVERLAP_MS = 250_000

/** A moment in ISO 8601. */
export function isoOf(ms: number): string {
  return new Date(ms).toISOString()
}

export type Entry = { bucketMs: number; locale: string; outcome: string; attempts: number }
/** What a transaction counted, or a batch that it parked. */
export type Step = { kind: 'batch' | 'replay' | 'redrive' | 'parked'; committedMs: number; entries: Entry[] }

const random = sfc32(seed, 1)
/** A whole number by chance, less than `count`. */
export const below = (count: number) => Math.floor(fraction(random) * count)

const someEntries = (): Entry[] =>
  Array.from({ length: 1 + below(4) }, () => ({
    bucketMs: Math.floor((NOW_MS - below(6 * 60) * 60_000) / 60_000) * 60_000,
    locale: ['CA', 'TX', 'NY'][below(3)] ?? '',
    outcome: ['success', 'failure', 'unknown'][below(3)] ?? '',
    attempts: 1 + below(9),
  }))

let batches = 0
const parked: { id: number; partition: number }[] = []
const counted: { id: number; partition: number }[] = []

/** One transaction as ingestion, a replay or a redrive commits it. Transactions overlap: times are not in order of commits. */
export async function commitStep(sql: Sql, number: number): Promise<Step> {
  const committedMs = NOW_MS - (STEPS - number) * 90_000 - below(OVERLAP_MS)
  const entries = someEntries()
  const choice = below(10)
  const again = choice < 2 ? parked.pop() : choice < 4 ? counted[below(counted.length)] : undefined
  const kind = again === undefined ? (choice === 9 ? 'parked' : 'batch') : choice < 2 ? 'replay' : 'redrive'
  await sql.begin(async (transaction) => {
    const tx = transaction as unknown as Sql
    if (again === undefined) await commitBatch(tx, kind === 'parked' ? null : entries, committedMs)
    else await commitChange(tx, again, kind, entries, committedMs)
  })
  return { kind, committedMs, entries: kind === 'parked' ? [] : entries }
}

async function commitBatch(tx: Sql, entries: Entry[] | null, committedMs: number): Promise<void> {
  const [id, partition] = [++batches, below(PARTITIONS)]
  const events = (entries ?? []).map(({ bucketMs }) => bucketMs)
  await tx`
    with moved as (
      update partition_checkpoint set next_offset = next_offset + 10 where partition = ${partition}
      returning next_offset
    )
    insert into batch (id, topic, partition, from_offset, to_offset, status, logins, rejects, gaps, login_rows, first_event_at,
                       last_event_at, processed_at, committed_at, code_version)
    select ${id}, 'user-login', ${partition}, next_offset - 10, next_offset, ${entries === null ? 'parked' : 'committed'}, 10, 0, 0, 0,
           ${eventAt(Math.min(...events))}::text::timestamptz, ${eventAt(Math.max(...events))}::text::timestamptz, now(),
           ${isoOf(committedMs)}::text::timestamptz, 'test'
    from moved`
  if (entries !== null) await insertEntries(tx, id, 0, entries)
  ;(entries === null ? parked : counted).push({ id, partition })
}

const eventAt = (ms: number) => (Number.isFinite(ms) ? isoOf(ms) : null)

async function commitChange(
  tx: Sql,
  { id, partition }: { id: number; partition: number },
  kind: string,
  entries: Entry[],
  committedMs: number,
): Promise<void> {
  const events = entries.map(({ bucketMs }) => bucketMs)
  const [made] = await tx<{ revision: number }[]>`
    with moved as (
      update partition_checkpoint set changes = changes + 1 where partition = ${partition} returning changes
    ), changed as (
      update batch set revision = revision + 1, status = case when status = 'parked' then 'replayed' else status end,
        first_event_at = least(first_event_at, ${isoOf(Math.min(...events))}::text::timestamptz),
        last_event_at = greatest(last_event_at, ${isoOf(Math.max(...events))}::text::timestamptz)
      where id = ${id} returning revision
    )
    insert into batch_revision (batch_id, revision, change_number, kind, command_id, logins, rejects, processed_at, committed_at,
                                code_version)
    select ${id}, revision, changes, ${kind}, ${`command of ${id}`}, 1, 0, now(), ${isoOf(committedMs)}::text::timestamptz, 'test'
    from moved, changed
    returning revision`
  await insertEntries(tx, id, made?.revision ?? 0, entries)
}

async function insertEntries(tx: Sql, id: number, revision: number, entries: Entry[]): Promise<void> {
  const all = (value: string) => entries.map(() => value)
  await tx`insert into pending_rollup (batch_id, topic, revision) values (${id}, 'user-login', ${revision})`
  await tx`insert into pending_commit_rollup (batch_id, revision) values (${id}, ${revision})`
  await tx`
    insert into login_count_delta (batch_id, revision, buckets, device_types, app_versions, locales, outcomes, logins)
    values (${id}, ${revision}, ${entries.map(({ bucketMs }) => isoOf(bucketMs))}::text[]::timestamptz[], ${all('iOS')}::text[],
            ${all('1.0')}::text[], ${entries.map(({ locale }) => locale)}::text[], ${entries.map(({ outcome }) => outcome)}::text[],
            ${entries.map(({ attempts }) => String(attempts))}::text[]::bigint[])`
}

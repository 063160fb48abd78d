import { expect, onTestFinished } from 'vitest'
import { DataGoneError } from '../../../api/context/errors.ts'
import type { Sql } from '../../../db/connection/connect.ts'
import type { PartitionLog } from '../../../domain/pipeline/partition-log.ts'
import { createApi, refusalIn } from './api-fixture.ts'
import { type BatchEntry, insertBatches, insertCheckpoint, insertReject } from './api-rows.ts'

export const BATCHES = '{ batches { totalCount { value } freshness { databaseRole position } } }'

/** Batches of offsets 10 to 50 of a partition: counted, parked and skipped ones, with two rejects, of which one is redriven. */
export async function insertReadOffsets(sql: Sql): Promise<void> {
  await insertCheckpoint(sql, 0, 50, '2026-03-01T11:00:00Z')
  await insertBatches(sql, [
    batch({ id: 1, from: 10, to: 20, logins: 9, rejects: 1 }),
    batch({ id: 2, from: 20, to: 30, status: 'parked', logins: 0 }),
    batch({ id: 3, from: 30, to: 40, status: 'skipped', logins: 0 }),
    batch({ id: 4, from: 40, to: 50, logins: 7, gaps: 3 }),
  ])
  await insertReject(sql, 1, 15)
  await insertReject(sql, 1, 16, { redrivenIn: 1 })
}

/** A batch that was committed before all that `countNext` counts. */
export const batch = (entry: Omit<BatchEntry, 'committedAt'>): BatchEntry => ({
  ...entry,
  committedAt: '2026-03-01T10:00:00Z',
})

/** Commits what a batch leaves of the next offset of the partition, and returns that offset. */
export async function countNext(sql: Sql): Promise<bigint> {
  const [row] = await sql.begin(async (tx) => {
    const [moved] = await tx<{ offset: bigint; id: number }[]>`
      update partition_checkpoint set next_offset = next_offset + 1 where topic = 'user-login' and partition = 0
      returning next_offset - 1 as "offset", (select max(id)::integer + 1 from batch) as id`
    if (moved !== undefined)
      await insertBatches(tx as unknown as Sql, [
        {
          ...{ id: moved.id, from: Number(moved.offset), to: Number(moved.offset) + 1 },
          committedAt: new Date(Date.parse('2026-03-01T10:00:00Z') + moved.id * 1_000).toISOString(),
        },
      ])
    return [moved]
  })
  if (row === undefined) throw new Error('there is no such partition')
  return row.offset
}

/** Logins of a batch with these event_ids, one offset each. */
export async function insertEvents(sql: Sql, batchId: number, ids: string[]): Promise<void> {
  await sql`
    insert into login (event_at, user_id, device_id, ip, ip_scope, locale, locale_kind, app_version, device_type, outcome,
                       event_id, kafka_partition, kafka_offset, batch_id)
    select now(), 'u', 'd', '192.0.2.1', 'reserved', 'CA', 'ambiguous', '1.0', 'iOS', 'unknown', id, 9, place, ${batchId}
    from unnest(${ids}::text[]) with ordinality as given (id, place)`
}

/** What the question of `apiOn` is answered with. */
export type Body = { freshness: { databaseRole: string; position: string }; totalCount: { value: number } }

/**
 * An API that asks after what a header names. `answer` is its answer, and `refusal` why there is none.
 * @param logs what Kafka has of the topic, null while it is away
 */
export function apiOn(
  url: string,
  replicaUrls: string[] = [],
  logs: () => PartitionLog[] | null = () => null,
) {
  const { ask, router } = createApi(
    { url, replicaUrls },
    {
      readBack: () => Promise.reject(new DataGoneError('no record is kept')),
      kafka: () => {
        const bounds = logs()
        return bounds === null ? { ok: false, message: 'away' } : { ok: true, bounds }
      },
    },
  )
  onTestFinished(() => router.close())
  const after = async (named: string, timeoutMs?: number) =>
    await ask(
      BATCHES,
      {},
      {
        'x-rollcall-read-after': named,
        ...(timeoutMs === undefined ? {} : { 'x-rollcall-read-timeout-ms': String(timeoutMs) }),
      },
    )
  return {
    ask,
    refusal: async (...asked: Parameters<typeof after>) => {
      const { data, errors } = await after(...asked)
      expect(data ?? null).toBeNull()
      return refusalIn(errors)
    },
    answer: async (...asked: Parameters<typeof after>) => {
      const { data, errors } = await after(...asked)
      expect(errors).toBeUndefined()
      return data?.batches as Body
    },
  }
}

import { expect } from 'vitest'
import { rollUpQuarters } from '../../../db/rollups/roll-up-quarters.ts'
import type { Sql } from '../../../db/connection/connect.ts'
import { rollUpCounts } from '../../../db/rollups/roll-up-counts.ts'
import { loginColumns } from '../../../domain/columns/columns-fixture.ts'
import { MinuteCounts } from '../../../domain/counts/counts.ts'
import { DAY_MS } from '../../../domain/time/period.ts'
import { fraction, sfc32 } from '../../../generator/sfc32.ts'
import type { RawEvent } from '../truth/raw-events.ts'
import { isoOf } from '../truth/truth-question.ts'
import { NOW_MS } from './api-fixture.ts'
import { insertBatches } from './api-rows.ts'
import type { Graphql } from './graphql-client.ts'
import type { SeenLogin } from './logins-by-day.ts'
import { useApi } from './use-api.ts'

const [BATCHES, LOGINS_PER_BATCH] = [10, 300]
/** Older minutes end as quarters of an hour, once a test says so. */
export const MINUTES_FROM_MS = Date.parse('2026-02-20T00:00:00Z')
/** All logins are in it. */
export const RANGE = { from: '2025-02-05T18:15:00Z', to: '2026-03-01T12:00:00Z' }
/**
 * Clocks that are no whole hours from UTC. Those of Adelaide, St. John's and Lord Howe change in the range, the last by half an
 * hour.
 */
export const ZONES = [
  ...['Asia/Kolkata', 'Asia/Kathmandu', 'America/St_Johns', 'Australia/Adelaide', 'Asia/Tehran'],
  ...['Australia/Eucla', 'Pacific/Chatham', 'Australia/Lord_Howe'],
]

/** From here on nobody has 2.3.0, so that another version is the newest release 90 days later. */
const WITHDRAWN_MS = Date.parse('2025-09-01T00:00:00Z')
/** Who, and from where, no count knows. */
const SOMEBODY = { userId: 'ann', deviceId: 'phone', ip: '192.0.2.1' }

/** Over the range at random, and around the hours at which days of such zones begin. */
function somebodysLogins(seed: number): SeenLogin[] {
  const random = sfc32(seed, 1)
  const below = (count: number) => Math.floor(fraction(random) * count)
  const pick = <T>(values: readonly T[]): T => values[below(values.length)] as T
  const fromMs = Date.parse(RANGE.from)
  return Array.from({ length: BATCHES * LOGINS_PER_BATCH }, () => {
    const day = fromMs + below((NOW_MS - fromMs) / DAY_MS) * DAY_MS
    const second = pick([below(86_400), below(2 * 3_600)])
    const eventTimeMs = Math.min(day + second * 1_000, NOW_MS - 60_000)
    return {
      ...{ ...SOMEBODY, eventTimeMs },
      deviceType: pick(['iOS', 'android', 'unknown'] as const),
      appVersion: pick(eventTimeMs < WITHDRAWN_MS ? ['2.1.0', '2.2.0', '2.3.0'] : ['2.1.0', '2.2.0']),
      locale: pick(['CA', 'NY', 'TX', 'RI', 'WA', 'ME', 'FL', 'GA', 'OR']),
      outcome: pick(['success', 'failure', 'unknown'] as const),
    }
  })
}

/** A batch was written an hour after the one before it, the last one just now. */
export const writtenAt = (batch: number) => isoOf(NOW_MS - (BATCHES - batch) * 3_600_000)

const rawEvent = (login: SeenLogin, offset: number): RawEvent => {
  const { deviceType, appVersion, locale, outcome, eventTimeMs } = login
  const values = { device_type: deviceType, app_version: appVersion, locale, outcome }
  return {
    ...{ partition: 0, offset, recordedMs: NOW_MS, reject: null, parked: false },
    early: offset < 5 * LOGINS_PER_BATCH,
    text: JSON.stringify({ ...values, timestamp: Math.floor(eventTimeMs / 1_000) }),
  }
}

/** What a batch counted, to be rolled up. */
export async function insertMinuteCounts(sql: Sql, batch: number, { columns }: MinuteCounts): Promise<void> {
  await sql`
    insert into login_count_delta (batch_id, buckets, device_types, app_versions, locales, outcomes, logins)
    values (${batch}, ${columns.buckets.map(isoOf)}::text[]::timestamptz[], ${columns.deviceTypes}::text[],
            ${columns.appVersions}::text[], ${columns.locales}::text[], ${columns.outcomes}::text[],
            ${columns.logins.map(String)}::bigint[])`
  await sql`insert into pending_rollup (batch_id, topic, revision) values (${batch}, 'user-login', 0)`
  await sql`insert into pending_commit_rollup (batch_id, revision) values (${batch}, 0)`
}

/**
 * For the tests of a file: an API on ten batches of logins over more than a year, none of them rolled up yet. The first five are
 * `early` among the raw events.
 */
export function useCountedLogins(seed: number) {
  const logins = somebodysLogins(seed)
  const { sql, ask, refusal } = useApi(async (database) => {
    for (let batch = 0; batch < BATCHES; batch++) {
      const [from, to] = [batch * LOGINS_PER_BATCH, (batch + 1) * LOGINS_PER_BATCH]
      await insertBatches(database, [{ id: batch, from, to, committedAt: writtenAt(batch) }])
      const counts = new MinuteCounts()
      counts.add(loginColumns(logins.slice(from, to)))
      await insertMinuteCounts(database, batch, counts)
    }
  })

  const graphql: Graphql = async (query) => {
    const { data, errors } = await ask(query)
    expect(errors).toBeUndefined()
    return data ?? {}
  }

  return {
    ...{ sql, ask, refusal, graphql, rawEvents: logins.map(rawEvent) },
    /** Each with the number of its batch. */
    logins: logins.map((login, i) => ({ ...login, batch: Math.floor(i / LOGINS_PER_BATCH) })),
    /** By the clock of the database, which is another one than the API's. */
    endOldMinutes: () =>
      rollUpQuarters(sql(), Math.floor(Date.now() / DAY_MS) - Math.floor(MINUTES_FROM_MS / DAY_MS)),
    /** Rolls up the batches before one, whatever waits behind them. */
    rollUpBefore: async (batch: number): Promise<void> => {
      await sql()`update pending_rollup set topic = 'later' where batch_id >= ${batch}`
      await rollUpCounts(sql(), 'user-login')
      await sql()`update pending_rollup set topic = 'user-login'`
    },
  }
}

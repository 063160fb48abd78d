import { beforeAll, describe, expect, it } from 'vitest'
import { rollUpCounts } from '../../db/rollups/roll-up-counts.ts'
import { insertBatches, insertDelta } from '../support/api/api-rows.ts'
import { useCounts } from '../support/api/use-counts.ts'

const { sql: openSql, field, refusal } = useCounts()

describe('counts of the past', () => {
  beforeAll(async () => {
    const sql = openSql()
    await insertBatches(sql, [
      { id: 1, from: 0, to: 3, committedAt: '2025-06-01T10:00:00Z' },
      { id: 2, from: 3, to: 8, committedAt: '2025-06-01T10:00:01.000001Z' },
      { id: 3, from: 8, to: 9, status: 'replayed', revision: 1, committedAt: '2025-06-01T10:00:02Z' },
    ])
    await sql`
      insert into batch_revision (batch_id, revision, change_number, kind, command_id, logins, rejects, processed_at, committed_at, code_version)
      values (3, 1, 1, 'replay', 'x', 1, 0, now(), '2025-06-02T10:00:00Z', 'test')`
    await insertDelta(sql, 1, ['2025-06-01T09:00:00Z'], [3])
    await insertDelta(sql, 2, ['2025-06-01T09:00:00Z', '2025-06-01T09:30:00Z'], [4, 1])
    await insertDelta(sql, 3, ['2025-06-01T09:00:00Z'], [1], { revision: 1 })
    await rollUpCounts(sql, 'user-login')
  })

  const at = async (moment: string) => {
    const { total } = await field<{ total: { attempts: number } }>(
      `{ measures(from: "2025-06-01T09:00Z", to: "2025-06-01T10:00Z", ${moment}) { total { attempts } } }`,
    )
    return total.attempts
  }
  const refused = (args: string) => refusal(`{ measures(${args}) { total { attempts } } }`)

  it('are what was written up to the moment, or with a batch; a replay counts from when it was made', async () => {
    expect(await at('')).toBe(9)
    expect(await at('asOf: "2025-06-01T09:59:59.999Z"')).toBe(0)
    expect(await at('asOf: "2025-06-01T10:00:00Z"')).toBe(3)
    expect(await at('asOf: "2025-06-01T10:00:01Z"')).toBe(3)
    expect(await at('asOf: "2025-06-01T12:00:00Z"')).toBe(8)
    expect(await at('asOf: "2025-06-02T10:00:00Z"')).toBe(9)
    expect(await at('asOfBatchId: 2')).toBe(8)
    expect(await at('asOfBatchId: 1')).toBe(3)
  })

  it('are found from either end, whichever has fewer batches, and refused when both have too many', async () => {
    const sql = openSql()
    const fill = async (first: number, moment: string) => {
      await sql`
        insert into pending_commit_rollup select n, 0 from generate_series(${first}::integer, ${first + 5_000}::integer) as n`
      await sql`
        insert into batch (id, topic, partition, from_offset, to_offset, status, logins, rejects, gaps, login_rows,
                           processed_at, committed_at, code_version)
        select n, 'user-login', 1, n, n + 1, 'committed', 0, 1, 0, 0, now(), ${moment}::text::timestamptz, 'test'
        from generate_series(${first}::integer, ${first + 5_000}::integer) as n`
    }
    await fill(10_000, '2025-07-01T00:00:00Z')
    expect(await at('asOf: "2025-06-01T12:00:00Z"')).toBe(8)
    await fill(20_000, '2025-05-01T00:00:00Z')
    expect(await refused('bucket: HOUR, asOf: "2025-06-01T12:00:00Z"')).toEqual({
      ...{ code: 'ANSWER_TOO_LARGE', argument: 'asOf', cap: 5_000 },
      message: expect.stringMatching(
        /more than the cap of 5000 batches .* ask for a later moment/,
      ) as unknown,
    })
    expect(await at('asOf: "2025-07-02T00:00:00Z"')).toBe(9)
  })

  it('differ by what was written between two moments', async () => {
    expect(await at('since: "2025-06-01T10:00:00Z", asOf: "2025-06-02T10:00:00Z"')).toBe(6)
  })

  it('are none of the future, of two moments, or of a batch that is not there', async () => {
    expect(await refused('bucket: DAY, asOf: "2026-03-02T00:00Z"')).toMatchObject({
      ...{ code: 'INVALID_RANGE', argument: 'asOf' },
      message: expect.stringMatching(/must not be in the future/) as unknown,
    })
    expect(await refused('bucket: DAY, asOf: "2026-02-01T00:00Z", asOfBatchId: 1')).toMatchObject({
      ...{ code: 'UNSUPPORTED_COMBINATION', argument: 'asOfBatchId' },
      message: expect.stringMatching(/not both/) as unknown,
    })
    expect(await refused('bucket: DAY, asOfBatchId: 99')).toMatchObject({
      ...{ code: 'NOT_FOUND', argument: 'asOfBatchId' },
      message: expect.stringMatching(/no batch 99/) as unknown,
    })
  })
})

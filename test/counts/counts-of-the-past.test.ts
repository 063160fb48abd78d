import { beforeAll, describe, expect, it } from 'vitest'
import { rollUpCounts } from '../../db/rollups/roll-up-counts.ts'
import { insertBatches, insertDelta } from '../support/api/api-rows.ts'
import { type Series, useCounts } from '../support/api/use-counts.ts'

const { sql: openSql, field, counts, pointsOf } = useCounts()

describe('counts of the past', () => {
  beforeAll(async () => {
    const sql = openSql()
    await insertBatches(sql, [
      { id: 1, from: 0, to: 3, committedAt: '2025-06-01T10:00:00Z' },
      { id: 2, from: 3, to: 8, committedAt: '2025-06-01T10:00:01.000001Z' },
      { id: 3, from: 8, to: 9, status: 'replayed', revision: 1, committedAt: '2025-06-01T10:00:02Z' },
    ])
    await sql`
      insert into batch_revision (batch_id, revision, kind, command_id, logins, rejects, processed_at, committed_at, code_version)
      values (3, 1, 'replay', 'x', 1, 0, now(), '2025-06-02T10:00:00Z', 'test')`
    await insertDelta(sql, 1, ['2025-06-01T09:00:00Z'], [3])
    await insertDelta(sql, 2, ['2025-06-01T09:00:00Z', '2025-06-01T09:30:00Z'], [4, 1])
    await insertDelta(sql, 3, ['2025-06-01T09:00:00Z'], [1], { revision: 1 })
    await rollUpCounts(sql, 'user-login')
  })

  const at = async (moment: string) =>
    await pointsOf(
      `from: "2025-06-01T09:00Z", to: "2025-06-01T10:00Z", bucket: HOUR, fillGaps: false, ${moment}`,
    )
  const nine = (logins: number) => (logins === 0 ? [] : [['2025-06-01T09:00', logins]])

  it('are what was written up to the moment, or with a batch; a replay counts from when it was made', async () => {
    expect(await at('')).toEqual(nine(9))
    expect(await at('asOf: "2025-06-01T09:59:59.999Z"')).toEqual(nine(0))
    expect(await at('asOf: "2025-06-01T10:00:00Z"')).toEqual(nine(3))
    expect(await at('asOf: "2025-06-01T10:00:01Z"')).toEqual(nine(3))
    expect(await at('asOf: "2025-06-01T12:00:00Z"')).toEqual(nine(8))
    expect(await at('asOf: "2025-06-02T10:00:00Z"')).toEqual(nine(9))
    expect(await at('asOfBatch: 2')).toEqual(nine(8))
    expect(await at('asOfBatch: 1')).toEqual(nine(3))
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
    expect(await at('asOf: "2025-06-01T12:00:00Z"')).toEqual(nine(8))
    await fill(20_000, '2025-05-01T00:00:00Z')
    const refused = await counts('bucket: HOUR, asOf: "2025-06-01T12:00:00Z"')
    expect(refused.message).toMatch(/more than the cap of 5000 batches .* ask for a later moment/)
    expect(await at('asOf: "2025-07-02T00:00:00Z"')).toEqual(nine(9))
  })

  it('differ by what was written between two moments', async () => {
    const changes = await field<{ series: Series[] }>(`{
      countChanges(from: "2025-06-01T09:00Z", to: "2025-06-01T10:00Z", bucket: HOUR, since: "2025-06-01T10:00:00Z",
                   until: "2025-06-02T10:00:00Z") { ... on LoginCounts { series { total } } } }`)
    expect(changes).toEqual({ series: [{ total: 6 }] })
  })

  it('are none of the future, of two moments, or of a batch that is not there', async () => {
    const message = async (moment: string) => (await counts(`bucket: DAY, ${moment}`)).message
    expect(await message('asOf: "2026-03-02T00:00Z"')).toMatch(/must not be in the future/)
    expect(await message('asOf: "2026-02-01T00:00Z", asOfBatch: 1')).toMatch(/not both/)
    expect(await message('asOfBatch: 99')).toMatch(/no batch 99/)
  })
})

import { beforeAll, describe, expect, it } from 'vitest'
import { rollUpCounts } from '../../db/rollups/roll-up-counts.ts'
import { insertBatches, insertDelta } from '../support/api/api-rows.ts'
import { useCounts } from '../support/api/use-counts.ts'

const { sql: openSql, field } = useCounts()

const RANGE = 'from: "2025-06-01T09:00Z", to: "2025-06-01T10:00Z"'

describe('a moment that is given as a date is its midnight in the time zone', () => {
  beforeAll(async () => {
    const sql = openSql()
    // The second batch is of 1 June in UTC and of 2 June in Kathmandu.
    await insertBatches(sql, [
      { id: 1, from: 0, to: 3, committedAt: '2025-06-01T10:00:00Z' },
      { id: 2, from: 3, to: 8, committedAt: '2025-06-01T20:00:00Z' },
    ])
    await insertDelta(sql, 1, ['2025-06-01T09:00:00Z'], [3])
    await insertDelta(sql, 2, ['2025-06-01T09:00:00Z'], [5])
    await rollUpCounts(sql, 'user-login')
  })

  const measured = async (args: string) => {
    const { total } = await field<{ total: { attempts: number } }>(
      `{ measures(${RANGE}, ${args}) { total { attempts } } }`,
    )
    return total.attempts
  }

  it('of counts as of then, and of those that came after', async () => {
    expect(await measured('asOf: "2025-06-02"')).toBe(8)
    expect(await measured('asOf: "2025-06-02", timeZone: "Asia/Kathmandu"')).toBe(3)
    expect(await measured('since: "2025-06-02"')).toBe(0)
    expect(await measured('since: "2025-06-02", timeZone: "Asia/Kathmandu"')).toBe(5)
  })

  it('of what an explained difference begins with', async () => {
    const explained = async (args: string) => {
      const { difference } = await field<{ difference: { attempts: number } }>(
        `{ explainDifference(${RANGE}, earlier: { at: "2025-06-02" } ${args}) { difference { attempts } } }`,
      )
      return difference.attempts
    }
    expect(await explained('')).toBe(0)
    expect(await explained(', timeZone: "Asia/Kathmandu"')).toBe(5)
  })
})

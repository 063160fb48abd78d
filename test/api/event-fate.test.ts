import { describe, expect, it } from 'vitest'
import { createLoginDays } from '../../db/login-rows/login-partitions.ts'
import { insertBatches } from '../support/api/api-rows.ts'
import { batch, insertEvents, insertReadOffsets } from '../support/api/read-after-fixture.ts'
import { useApi } from '../support/api/use-api.ts'

const api = useApi(insertReadOffsets)

describe('an event_id', () => {
  it('finds every attempt of the counted topic that has it, and says so when none does', async () => {
    const sql = api.sql()
    await createLoginDays(sql, Date.now(), 1)
    await insertBatches(
      sql,
      [1092, 1093].map((id) => batch({ id, partition: 9, from: id * 100, to: id * 100 + 99 })),
    )
    await sql`update batch set topic = 'other' where id = 1093`
    await insertEvents(sql, 1092, [
      'sent-twice',
      'sent-once',
      'sent-twice',
      ...Array.from({ length: 60 }, () => 'often'),
    ])
    await insertEvents(sql, 1093, ['sent-once', 'sent-elsewhere'])
    const { ask } = api
    const fateOf = async (eventId: string) => {
      const query =
        'query ($id: String!) { eventFate(eventId: $id) { isVisible hasMore rowsKeptFrom attempts { eventId batchId offset } } }'
      const { data } = await ask(query, { id: eventId })
      return data?.eventFate as {
        isVisible: boolean
        hasMore: boolean
        rowsKeptFrom: string
        attempts: unknown[]
      }
    }
    const at = (eventId: string, offset: number) => ({ eventId, batchId: '1092', offset: String(offset) })
    expect(await fateOf('sent-twice')).toMatchObject({
      ...{ isVisible: true, hasMore: false, attempts: [at('sent-twice', 1), at('sent-twice', 3)] },
    })
    expect((await fateOf('sent-once')).attempts).toEqual([at('sent-once', 2)])
    const often = await fateOf('often')
    expect([often.hasMore, often.attempts.length]).toEqual([true, 50])
    for (const id of ['sent-elsewhere', 'Sent-Once', '', '%', 'x'.repeat(500)])
      expect(await fateOf(id)).toMatchObject({ isVisible: false, hasMore: false, attempts: [] })
    expect(new Date((await fateOf('none')).rowsKeptFrom).getTime()).toBeLessThanOrEqual(Date.now())

    const listed = async (ids: string[], more = '') => {
      const query = `query ($ids: [String!]) { attempts(filter: {eventIds: $ids ${more}}, first: 500) { nodes { eventId } totalCount { value } } }`
      const { data } = await ask(query, { ids })
      const { nodes, totalCount } = data?.attempts as {
        nodes: { eventId: string }[]
        totalCount: { value: number }
      }
      expect(totalCount.value).toBe(nodes.length)
      return nodes.map(({ eventId }) => eventId).toSorted()
    }
    expect(await listed(['sent-twice', 'none', 'sent-once'], 'partitions: [9]')).toEqual([
      ...['sent-once', 'sent-once', 'sent-twice', 'sent-twice'],
    ])
    expect(await listed(['sent-once'], 'partitions: [8]')).toEqual([])
    expect(await listed(['often'])).toHaveLength(60)
    expect(await listed([])).toEqual([])
  })
})

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

    await sql`
      insert into login (event_at, user_id, device_id, ip, ip_scope, locale, locale_kind, app_version, device_type, outcome, event_id,
                         kafka_partition, kafka_offset, batch_id)
      select event_at, user_id, device_id, ip, ip_scope, locale, locale_kind, app_version, device_type, outcome, 'shared',
             kafka_partition, 1000 + number, batch_id
      from (select * from login where event_id = 'sent-once' limit 1) as one, generate_series(1, 50001) as many (number)`
    const many = 'attempts(filter: {eventIds: ["none", "shared"]}, first: 1'
    const refused = await ask(`{ ${many}) { nodes { id } } }`)
    expect(refused.errors).toMatchObject([
      { extensions: { code: 'ANSWER_TOO_LARGE', argument: 'filter.eventIds', cap: 50_000 } },
    ])
    const earlier = await ask(`{ ${many}, from: "2020-01-01", to: "2020-01-02") { nodes { id } } }`)
    expect(earlier).toMatchObject({ data: { attempts: { nodes: [] } } })
    expect(await fateOf('shared')).toMatchObject({ isVisible: true, hasMore: true })
  })

  it('that no attempt has is answered with what was not looked through: rejected and parked records', async () => {
    const warningsOf = async (eventId: string) => {
      const { extensions } = await api.ask(`{ eventFate(eventId: "${eventId}") { isVisible } }`)
      return ((extensions ?? {}) as { warnings?: unknown[] }).warnings
    }
    const warning = (where: string) => ({
      ...{ code: 'NOT_SEARCHED', path: ['eventFate'], argument: 'eventId' },
      message: expect.stringContaining(`it was not looked for in ${where}; offsetFate`) as unknown,
    })
    const parked = 'the 10 offsets of parked batches (batches(filter: {statuses: [PARKED]}) has their events)'
    expect(await warningsOf('sent-once')).toBeUndefined()
    expect(await warningsOf('none')).toEqual([warning(parked)])
    await api.sql()`update partition_checkpoint set rejects = 2`
    const rejected = 'the 2 records that were rejected (rejectedRecords has their bytes)'
    expect(await warningsOf('none')).toEqual([warning(`${rejected} and ${parked}`)])
    await api.sql()`update partition_checkpoint set rejects = 0`
    await api.sql()`update batch set status = 'skipped' where status = 'parked'`
    expect(await warningsOf('none')).toBeUndefined()
  })
})

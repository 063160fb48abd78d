import { describe, expect, it } from 'vitest'
import { formatReadToken } from '../../db/nodes/read-token.ts'
import { readToken } from '../../db/nodes/snapshot.ts'
import { rollUpSightings } from '../../db/rollups/roll-up-sightings.ts'
import { createLoginDays } from '../../db/login-rows/login-partitions.ts'
import { refusalIn } from '../support/api/api-fixture.ts'
import { insertBatches, insertSightings } from '../support/api/api-rows.ts'
import {
  apiOn,
  batch,
  countNext,
  insertEvents,
  insertReadOffsets,
} from '../support/api/read-after-fixture.ts'
import { NOWHERE, useReplica } from '../support/api/use-replica.ts'
import { eventually } from '../support/eventually.ts'

const { sql, primaryUrl, replicaUrl, pauseReplay } = useReplica(insertReadOffsets)

describe('a question after a place in Kafka', () => {
  it('is never answered by a replica that lacks it, though many ask while it catches up', async () => {
    const { answer } = apiOn(primaryUrl(), [replicaUrl()])
    const counted = await countNext(sql())
    await eventually(async () => {
      expect((await answer(`kafka:user-login/0@${counted}`)).freshness.databaseRole).toBe('REPLICA')
    })
    const resume = await pauseReplay()
    const offset = await countNext(sql())
    const { freshness, totalCount } = await answer(`kafka:user-login/0@${offset}`)
    expect(freshness.databaseRole).toBe('PRIMARY')
    // What the replica shows is still answered by it.
    expect((await answer(`kafka:user-login/0@${counted}`)).freshness.databaseRole).toBe('REPLICA')
    const asked = Array.from({ length: 200 }, async (_, i) => {
      if (i === 100) await resume()
      return await answer(`kafka:user-login/0@${offset}`)
    })
    for (const { totalCount: seen } of await Promise.all(asked)) expect(seen.value).toBe(totalCount.value)
    await eventually(async () => {
      expect((await answer(`kafka:user-login/0@${offset}`)).freshness.databaseRole).toBe('REPLICA')
    })
  })

  it('is refused while the primary is away and no replica has it, and answered once one does', async () => {
    const { refusal, answer } = apiOn(NOWHERE, [replicaUrl()])
    const resume = await pauseReplay()
    const offset = await countNext(sql())
    expect(await refusal(`kafka:user-login/0@${offset}`, 100)).toMatchObject({
      ...{ code: 'NOT_YET_COUNTED', fate: 'UNREAD', behind: 1 },
    })
    const waiting = answer(`kafka:user-login/0@${offset}`, 30_000)
    await resume()
    expect((await waiting).freshness.databaseRole).toBe('REPLICA')
  })
})

describe('a question after an event_id', () => {
  it('is answered by any login that has it, but not by one of another topic', async () => {
    const onPrimary = sql()
    await createLoginDays(onPrimary, Date.now(), 1)
    await insertBatches(onPrimary, [batch({ id: 90, partition: 9, from: 0, to: 9 })])
    await insertBatches(onPrimary, [batch({ id: 91, partition: 9, incarnation: 1, from: 0, to: 9 })])
    await onPrimary`update batch set topic = 'other' where id = 91`
    await insertEvents(onPrimary, 90, ['twice', 'twice', 'once'])
    await insertEvents(onPrimary, 91, ['elsewhere', 'once'])
    const { answer, refusal } = apiOn(primaryUrl())
    expect(await answer('event:twice,event:once', 0)).toBeDefined()
    const never = { code: 'NOT_YET_COUNTED', fate: 'NEVER_SEEN' }
    for (const id of ['elsewhere', 'Twice', 'x'.repeat(128), '%27%3B%20drop%20table%20login', '%25'])
      expect(await refusal(`event:twice,event:${id}`, 0)).toMatchObject(never)
    expect(await refusal(`event:${'x'.repeat(129)}`, 0)).toMatchObject({ code: 'BAD_HEADER' })
  })

  it('is never answered by a replica that lacks it', async () => {
    const { answer } = apiOn(primaryUrl(), [replicaUrl()])
    await pauseReplay()
    await insertEvents(sql(), 90, ['late'])
    expect((await answer('event:late')).freshness.databaseRole).toBe('PRIMARY')
  })
})

describe('a question about users after a login', () => {
  const USERS = `{ measures(from: "2026-03-01", to: "2026-03-02") { total { users } freshness { databaseRole } } }`
  type Users = { total: { users: number }; freshness: { databaseRole: string } }

  /** Counts a login of a user of its own, whom no set has yet. */
  async function countUser(): Promise<bigint> {
    const offset = await countNext(sql())
    const day = Date.parse('2026-03-01') / 86_400_000
    const values = ['iOS', '1.0', 'CA', 'unknown']
    const [batch] = await sql()<
      { id: number }[]
    >`select max(id)::integer as id from batch where partition = 0`
    await insertSightings(sql(), batch?.id ?? 0, [
      { kind: 'user', day, attempts: 'logins', values, ids: [`user-${offset}`] },
    ])
    return offset
  }
  const asking =
    ({ ask }: ReturnType<typeof apiOn>) =>
    async (named: string, timeoutMs: number) => {
      const headers = { 'x-rollcall-read-after': named, 'x-rollcall-read-timeout-ms': String(timeoutMs) }
      const { data, errors } = await ask(USERS, {}, headers)
      return errors === undefined ? (data?.['measures'] as Users) : refusalIn(errors)
    }

  it('waits until its user is in the sets, which a question about counts does not', async () => {
    const api = apiOn(primaryUrl())
    const usersAfter = asking(api)
    const place = `kafka:user-login/0@${await countUser()}`
    expect(await api.answer(place, 0)).toBeDefined()
    expect(await usersAfter(place, 100)).toMatchObject({
      ...{ code: 'NOT_YET_COUNTED', fate: 'PENDING_ROLLUP' },
      message: expect.stringMatching(
        /is counted, but users, devices and addresses did not follow within 100 ms/,
      ) as string,
    })
    const waiting = usersAfter(place, 30_000)
    await rollUpSightings(sql())
    expect(await waiting).toMatchObject({ total: { users: 1 } })
    await countUser()
    expect(await usersAfter(place, 0)).toMatchObject({ total: { users: 1 } })
  })

  it('is never answered by a replica whose sets lack it, whatever names it', async () => {
    const api = apiOn(primaryUrl(), [replicaUrl()])
    const usersAfter = asking(api)
    const place = `kafka:user-login/0@${await countUser()}`
    const readAfter = formatReadToken(await sql().begin((sql) => readToken({ sql })))
    await eventually(async () => {
      expect((await api.answer(place)).freshness.databaseRole).toBe('REPLICA')
    })
    const { freshness } = await api.answer(place)
    const resume = await pauseReplay()
    await rollUpSightings(sql())
    for (const named of [place, freshness.position, readAfter]) {
      expect((await api.answer(named)).freshness.databaseRole).toBe('REPLICA')
      expect(await usersAfter(named, 0)).toEqual({
        total: { users: 3 },
        freshness: { databaseRole: 'PRIMARY' },
      })
    }
    await resume()
    await eventually(async () => {
      const answer = { total: { users: 3 }, freshness: { databaseRole: 'REPLICA' } }
      expect(await usersAfter(place, 30_000)).toEqual(answer)
    })
  })
})

describe('freshness.position', () => {
  it('sent back gets an answer that includes as much, from whichever node has it', async () => {
    const { answer, refusal } = apiOn(primaryUrl(), [replicaUrl()])
    const resume = await pauseReplay()
    await countNext(sql())
    const offset = await countNext(sql())
    const { freshness, totalCount } = await answer(`kafka:user-login/0@${offset}`)
    expect(freshness.databaseRole).toBe('PRIMARY')
    const again = await answer(freshness.position)
    expect(again).toEqual({ freshness, totalCount })
    const away = apiOn(NOWHERE, [replicaUrl()])
    expect(await away.refusal(freshness.position, 50)).toMatchObject({ code: 'NOT_YET_COUNTED', behind: 2 })
    await resume()
    expect((await away.answer(freshness.position, 30_000)).totalCount).toEqual(totalCount)
    const [topic, ...rest] = Buffer.from(freshness.position, 'base64url').toString().split('user-login')
    const other = Buffer.from([topic, ...rest].join('other')).toString('base64url')
    expect(await refusal(other)).toMatchObject({ code: 'NOT_FOUND' })
  })
})

describe('offsetFate', () => {
  it('says whether the node that answers includes an offset, and what is before it', async () => {
    const { ask } = apiOn(NOWHERE, [replicaUrl()])
    const resume = await pauseReplay()
    await countNext(sql())
    const offset = await countNext(sql())
    const fate = async () => {
      const { data } = await ask(
        `{ offsetFate(partition: 0, offset: "${offset}") { logs { fate isVisible behind } freshness { databaseRole } } }`,
      )
      return data?.offsetFate
    }
    const freshness = { databaseRole: 'REPLICA' }
    expect(await fate()).toEqual({ logs: [{ fate: 'UNREAD', isVisible: false, behind: 2 }], freshness })
    await resume()
    await eventually(async () => {
      expect(await fate()).toEqual({ logs: [{ fate: 'ATTEMPT', isVisible: true, behind: null }], freshness })
    })
  })
})

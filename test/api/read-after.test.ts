import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { logOf, TOPIC_ID } from '../../domain/pipeline/partition-log-fixture.ts'
import { createDatabase, type TestDatabase } from '../support/api/api-fixture.ts'
import { apiOn, BATCHES, type Body, countNext, insertReadOffsets } from '../support/api/read-after-fixture.ts'

let database: TestDatabase
let primaryUrl: string

beforeAll(async () => {
  database = await createDatabase(inject('databaseUrl'))
  primaryUrl = database.urlOn(inject('databaseUrl'))
  await insertReadOffsets(database.sql)
})
afterAll(() => database.drop())

describe('a question after a place in Kafka', () => {
  it('is answered at once when that is counted, and waits until it is when it is not', async () => {
    const { answer } = apiOn(primaryUrl)
    expect(await answer('kafka:user-login/0@49,kafka:user-login/0@10', 0)).toBeDefined()
    const { totalCount: before } = await answer('kafka:user-login/0@49')
    const [checkpoint] = await database.sql<{ next: bigint }[]>`
      select next_offset as next from partition_checkpoint where partition = 0`
    const waiting = answer(`kafka:user-login/0@${checkpoint?.next}`, 30_000)
    let isOver = false
    void waiting.then(() => (isOver = true))
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(isOver).toBe(false)
    expect(await countNext(database.sql)).toBe(checkpoint?.next)
    expect((await waiting).totalCount.value).toBe(before.value + 1)
  })

  it.each([
    [15, 'REJECT', /rejectedRecords says why/],
    [25, 'PARKED', /replayBatch/],
    [35, 'SKIPPED', /gave up/],
    [9, 'BEFORE_FIRST_READ', /before the first offset/],
  ])('is refused at once when it never is by itself: offset %i, %s', async (offset, fate, message) => {
    const { refusal } = apiOn(primaryUrl)
    const started = performance.now()
    expect(await refusal(`kafka:user-login/0@12,kafka:user-login/0@${offset}`, 30_000)).toMatchObject({
      ...{ code: 'NEVER_COUNTED', fate, message: expect.stringMatching(message) as string },
    })
    expect(performance.now() - started).toBeLessThan(20_000)
  })

  it('is answered when its reject was redriven, and when there is no record', async () => {
    const { answer } = apiOn(primaryUrl)
    expect(await answer('kafka:user-login/0@16', 0)).toBeDefined()
    expect(await answer('kafka:user-login/0@44', 0)).toBeDefined()
  })

  it('is refused once its time has passed, and told how far that is', async () => {
    const { refusal } = apiOn(primaryUrl)
    const [checkpoint] = await database.sql<{ next: bigint }[]>`
      select next_offset as next from partition_checkpoint where partition = 0`
    const next = checkpoint?.next ?? 0n
    expect(await refusal(`kafka:user-login/0@${next + 9n}`, 50)).toMatchObject({
      ...{ code: 'NOT_YET_COUNTED', fate: 'UNREAD', behind: 10 },
      message: expect.stringMatching(
        /^offset \d+ of user-login\/0 was not counted within 50 ms, and 10 offsets/,
      ) as string,
    })
    expect(await refusal(`kafka:user-login/0@${2n ** 63n - 1n}`, 0)).toMatchObject({
      code: 'NOT_YET_COUNTED',
    })
  })

  it('is refused for another topic, and for a partition that the topic does not have', async () => {
    const { refusal } = apiOn(primaryUrl, [], () => [logOf(0, 0, 100), logOf(3, 0, 4)])
    expect(await refusal('kafka:other/0@1', 30_000)).toMatchObject({
      ...{ code: 'NOT_FOUND', message: expect.stringMatching(/topic other, .* is user-login/) as string },
    })
    expect(await refusal('kafka:user-login/7@1', 30_000)).toMatchObject({ code: 'NOT_FOUND' })
    expect(await refusal('kafka:user-login/3@1', 50)).toMatchObject({ code: 'NOT_YET_COUNTED', behind: 2 })
    const away = apiOn(primaryUrl)
    expect(await away.refusal('kafka:user-login/7@1', 50)).toMatchObject({ code: 'NOT_YET_COUNTED' })
  })

  it('is refused when Kafka lost it, or has another log by now', async () => {
    const log = { current: logOf(0, 1_000, 2_000) }
    const { refusal, answer } = apiOn(primaryUrl, [], () => [log.current])
    expect(await refusal('kafka:user-login/0@900', 30_000)).toMatchObject({
      code: 'NEVER_COUNTED',
      fate: 'LOST',
    })
    expect(await refusal('kafka:user-login/0@1500', 30_000)).toMatchObject({
      ...{ code: 'NEVER_COUNTED', fate: 'HALTED' },
    })
    expect(await answer('kafka:user-login/0@12')).toBeDefined()
    log.current = logOf(0, 0, 20, { topicId: TOPIC_ID.replace(/1$/, '2') })
    expect(await refusal('kafka:user-login/0@12', 30_000)).toMatchObject({
      code: 'NEVER_COUNTED',
      fate: 'HALTED',
    })
  })

  it('is never given an answer that was kept from before', async () => {
    const { ask } = apiOn(primaryUrl)
    const stale = { 'x-rollcall-max-staleness-ms': '600000' }
    const before = (await ask(BATCHES, {}, stale)).data?.batches as Body
    const offset = await countNext(database.sql)
    expect((await ask(BATCHES, {}, stale)).data?.batches).toEqual(before)
    const { data } = await ask(
      BATCHES,
      {},
      { ...stale, 'x-rollcall-read-after': `kafka:user-login/0@${offset}` },
    )
    expect((data?.batches as Body).totalCount.value).toBe(before.totalCount.value + 1)
  })

  it('that nobody can be is a bad header', async () => {
    const { ask } = apiOn(primaryUrl)
    for (const headers of [
      { 'x-rollcall-read-after': 'kafka:user-login/0@-1' },
      { 'x-rollcall-read-after': Array.from({ length: 51 }, (_, i) => `kafka:user-login/0@${i}`).join(',') },
      { 'x-rollcall-read-timeout-ms': '30001' },
      { 'x-rollcall-read-timeout-ms': '-1' },
      { 'x-rollcall-read-timeout-ms': '5s' },
    ] as Record<string, string>[]) {
      const { errors } = await ask(BATCHES, {}, headers)
      expect(errors).toMatchObject([{ extensions: { code: 'BAD_HEADER' } }])
    }
  })
})

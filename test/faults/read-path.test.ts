import { describe, expect, it, onTestFinished } from 'vitest'
import { anyFreshness } from '../../db/nodes/requirement.ts'
import { createReadRouter } from '../../db/nodes/router.ts'
import { formatReadToken, parseReadToken } from '../../db/nodes/read-token.ts'
import { type Ask, createApi } from '../support/api/api-fixture.ts'
import { NOWHERE, useReplica } from '../support/api/use-replica.ts'
import { eventually } from '../support/eventually.ts'

const { sql, replica, primaryUrl, replicaUrl, pauseReplay } = useReplica()

let written = 0
/** Commits a row that the question below counts. */
async function write(): Promise<number> {
  await sql()`
    insert into partition_checkpoint
      (topic, partition, topic_id, next_offset, published_offset, epoch, worker, unfinished_insight, claimed_at, updated_at)
    values ('user-login', ${written}, gen_random_uuid(), 0, 0, 1, 'w', '{}', now(), now())`
  return ++written
}

const question = `{ ingestion { partitions { partition } freshness { databaseRole databaseNode readAt replicaLagMs } } }`
const comparable = `{ batches { edges { cursor } freshness { databaseRole readAt replicaLagMs } } }`

type Freshness = {
  databaseRole: string
  databaseNode: string
  readAt: string
  replicaLagMs: number | null
}

function apiOn(url: string, replicaUrls: string[]) {
  const { ask, router } = createApi({ url, replicaUrls })
  onTestFinished(() => router.close())
  const read = async (headers: Record<string, string> = {}) => {
    const { data, errors } = await ask(question, {}, headers)
    expect(errors).toBeUndefined()
    const ingestion = data?.ingestion as { partitions: unknown[]; freshness: Freshness }
    return { ...ingestion.freshness, rows: ingestion.partitions.length }
  }
  return { ask, read }
}

async function untilLagging(read: () => Promise<{ replicaLagMs: number | null }>): Promise<void> {
  await eventually(async () => {
    expect((await read()).replicaLagMs).toBeGreaterThan(50)
  })
}

const token = async (ask: Ask): Promise<string> => {
  const { extensions } = await ask('mutation { pauseIngestion(reason: "a test") { __typename } }')
  return extensions?.readAfter ?? ''
}

describe('a replica that lags', () => {
  it('is passed over by who asks for less staleness, and tells the others how old it is', async () => {
    const { read } = apiOn(primaryUrl(), [replicaUrl()])
    await eventually(async () => {
      expect(await read()).toMatchObject({ databaseRole: 'REPLICA', rows: written })
    })
    await pauseReplay()
    const rows = await write()
    await untilLagging(() => apiOn(NOWHERE, [replicaUrl()]).read())
    expect(await read({ 'x-rollcall-max-staleness-ms': '20' })).toMatchObject({
      databaseRole: 'PRIMARY',
      rows,
    })
    const allowed = await read({ 'x-rollcall-max-staleness-ms': '60000' })
    expect(allowed).toMatchObject({ databaseRole: 'REPLICA', rows: rows - 1 })
    expect(allowed.databaseNode).toMatch(/^replica 127\.0\.0\.1:\d+$/)
  })

  it('is passed over by who has written what it lacks, until it has it', async () => {
    const { ask, read } = apiOn(primaryUrl(), [replicaUrl()])
    await pauseReplay()
    const rows = await write()
    const readAfter = { 'x-rollcall-read-after': await token(ask) }
    expect(await read(readAfter)).toMatchObject({ databaseRole: 'PRIMARY', rows })
    await replica()`select pg_wal_replay_resume()`
    // A later record, so that the replica passes the place that the token names.
    await write()
    await eventually(async () => {
      expect(await read(readAfter)).toMatchObject({ databaseRole: 'REPLICA', rows: rows + 1 })
    })
  })

  it('answers while the primary is away, but not who asked for more than it has', async () => {
    const { ask, read } = apiOn(NOWHERE, [replicaUrl()])
    await pauseReplay()
    await write()
    await untilLagging(() => read())
    const usual = await read()
    expect(usual).toMatchObject({ databaseRole: 'REPLICA', rows: written - 1 })
    expect(usual.replicaLagMs).toBeGreaterThan(50)
    const { data } = await ask('{ ingestion { problems { component message } } }')
    const { problems } = data?.ingestion as { problems: { component: string; message: string }[] }
    expect(problems.find(({ component }) => component === 'POSTGRES')?.message).toMatch(
      /^the primary does not answer/,
    )
    const later = { 'x-rollcall-read-after': await token(apiOn(primaryUrl(), []).ask) }
    for (const headers of [later, { 'x-rollcall-max-staleness-ms': '20' }]) {
      const { errors } = await ask(comparable, {}, headers)
      expect(errors).toMatchObject([{ extensions: { code: 'TOO_STALE' } }])
      expect(errors?.[0]?.message).toMatch(/larger x-rollcall-max-staleness-ms/)
    }
  })
})

it('a replica that hears nothing of its primary, and has not noticed, says how old it is', async () => {
  const { read } = apiOn(NOWHERE, [replicaUrl()])
  await write()
  await eventually(async () => {
    expect(await read()).toMatchObject({ databaseRole: 'REPLICA', rows: written, replicaLagMs: 0 })
  })
  const [receiver] = await replica()<{ pid: number }[]>`select pid from pg_stat_wal_receiver`
  const pid = receiver?.pid ?? 0
  process.kill(pid, 'SIGSTOP')
  onTestFinished(() => {
    process.kill(pid, 'SIGCONT')
  })
  const rows = await write()
  await eventually(async () => {
    const frozen = await read()
    expect(frozen).toMatchObject({ databaseRole: 'REPLICA', rows: rows - 1 })
    expect(frozen.replicaLagMs).toBeGreaterThan(3_000)
  })
  expect(
    await apiOn(primaryUrl(), [replicaUrl()]).read({ 'x-rollcall-max-staleness-ms': '3000' }),
  ).toMatchObject({
    databaseRole: 'PRIMARY',
    rows,
  })
})

describe('a table that stays locked', () => {
  /** Locks a table as a change of it does, until the returned function is called. */
  async function lockTable(): Promise<() => Promise<unknown>> {
    const [locked, end] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()]
    const change = sql().begin(async (tx) => {
      await tx`lock table batch in access exclusive mode`
      locked.resolve(undefined)
      await end.promise
    })
    onTestFinished(() => {
      end.resolve(undefined)
    })
    await Promise.race([locked.promise, change])
    return () => {
      end.resolve(undefined)
      return change
    }
  }
  const untilReplayed = () =>
    eventually(async () => {
      // A later commit, with which the lock reaches the replica.
      await write()
      const locks = await replica()`
        select from pg_locks where relation = 'batch'::regclass and mode = 'AccessExclusiveLock'`
      expect(locks).toHaveLength(1)
    })
  const ofBatches = async (ask: Ask) => {
    const { data, errors } = await ask(comparable)
    return errors ?? (data?.batches as { freshness: Freshness }).freshness.databaseRole
  }

  it('because a replica stopped within its change fails one question, and the primary answers until the replay goes on', async () => {
    const { ask } = apiOn(primaryUrl(), [replicaUrl()])
    const unlock = await lockTable()
    await untilReplayed()
    await replica()`select pg_wal_replay_pause()`
    onTestFinished(async () => {
      await replica()`select pg_wal_replay_resume()`
    })
    await unlock()
    expect(await ofBatches(ask)).toMatchObject([
      {
        message: expect.stringContaining('stayed locked') as unknown,
        extensions: { code: 'DATABASE_UNAVAILABLE' },
      },
    ])
    // Longer than a node that failed is passed over.
    const untilMs = Date.now() + 7_000
    while (Date.now() < untilMs) {
      expect(await ofBatches(ask)).toBe('PRIMARY')
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    await replica()`select pg_wal_replay_resume()`
    await eventually(async () => {
      expect(await ofBatches(ask)).toBe('REPLICA')
    })
  })

  it('on the primary is told apart from a question that takes too long', async () => {
    const { ask } = apiOn(primaryUrl(), [])
    const unlock = await lockTable()
    expect(await ofBatches(ask)).toMatchObject([{ extensions: { code: 'DATABASE_UNAVAILABLE' } }])
    await unlock()
    expect(await ofBatches(ask)).toBe('PRIMARY')
  })
})

describe('a token', () => {
  it('of another cluster or timeline is answered by the primary, which has all that is left of what was written', async () => {
    const { ask, read } = apiOn(primaryUrl(), [replicaUrl()])
    const given = parseReadToken(await token(ask))
    expect(given).not.toBeNull()
    if (given === null) return
    for (const other of [
      { ...given, system: '1' },
      { ...given, timeline: given.timeline + 1 },
    ]) {
      const headers = { 'x-rollcall-read-after': formatReadToken({ ...other, position: 1n }) }
      expect(await read(headers)).toMatchObject({ databaseRole: 'PRIMARY' })
    }
  })

  it('that is none is refused, and says where one comes from', async () => {
    const { ask } = apiOn(primaryUrl(), [])
    const { errors } = await ask(question, {}, { 'x-rollcall-read-after': 'soon' })
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_HEADER' } }])
    expect(errors?.[0]?.message).toMatch(/extensions\.readAfter/)
    const stale = await ask(question, {}, { 'x-rollcall-max-staleness-ms': '5s' })
    expect(stale.errors?.[0]?.message).toMatch(/whole number of milliseconds/)
  })
})

it('a replica that is added while the API runs is read from, and one that is taken away no more', async () => {
  const addresses: string[] = []
  const named = Object.assign(new URL(replicaUrl()), { hostname: 'replicas.invalid' }).href
  const router = createReadRouter({ url: primaryUrl(), replicaUrls: [named] }, undefined, () =>
    Promise.resolve([...addresses]),
  )
  onTestFinished(() => router.close())
  const source = () => router.withReadNode(anyFreshness, (session) => Promise.resolve(session.source))
  expect(await source()).toBe('primary')
  addresses.push('127.0.0.1')
  await expect.poll(source, { timeout: 15_000, interval: 200 }).toBe('replica')
  addresses.pop()
  await expect.poll(source, { timeout: 15_000, interval: 200 }).toBe('primary')
})

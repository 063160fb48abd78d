import { createServer, connect as connectSocket, type AddressInfo, type Socket } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it, vi } from 'vitest'
import { ReadFailure } from '../../db/nodes/read-failure.ts'
import { createRequestReader } from '../../db/nodes/request-reader.ts'
import { anyFreshness } from '../../db/nodes/requirement.ts'
import { createReadRouter, type ReadRouter } from '../../db/nodes/router.ts'
import { createDatabase, type TestDatabase } from '../support/api/api-fixture.ts'

let database: TestDatabase
let primaryUrl: string
let replicaUrl: string
const routers: ReadRouter[] = []

beforeAll(async () => {
  database = await createDatabase(inject('databaseUrl'))
  primaryUrl = database.urlOn(inject('databaseUrl'))
  replicaUrl = database.urlOn(inject('replicaUrl'))
  const direct = route(replicaUrl, [])
  await vi.waitFor(() => sourceOf(direct), { timeout: 10_000, interval: 100 })
})

afterEach(async () => {
  await Promise.all(routers.splice(0).map((router) => router.close()))
})

afterAll(() => database.drop())

function route(url: string, replicaUrls: string[]): ReadRouter {
  const router = createReadRouter({ url, replicaUrls })
  routers.push(router)
  return router
}

const reading = (router: ReadRouter) => createRequestReader((work) => router.withReadNode(anyFreshness, work))
const sourceOf = (router: ReadRouter) =>
  router.withReadNode(anyFreshness, ({ source }) => Promise.resolve(source))

async function timed<T>(work: () => Promise<T>): Promise<{ result: T; ms: number }> {
  const startMs = performance.now()
  const result = await work()
  return { result, ms: performance.now() - startMs }
}

/** Stands before a Postgres; `hang` takes what is sent and answers nothing, as a stopped process or a cut line does. */
async function createProxy(url: string) {
  const target = new URL(url)
  const sockets = new Set<Socket>()
  let hanging = false
  const server = createServer((client) => {
    const upstream = connectSocket({ host: target.hostname, port: Number(target.port) })
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => socket.destroy())
    }
    client.on('data', (data) => {
      if (!hanging) upstream.write(data)
    })
    upstream.on('data', (data) => client.write(data))
    client.on('close', () => upstream.destroy())
    upstream.on('close', () => client.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: Object.assign(new URL(url), { port: String(port) }).href,
    hang: (on: boolean) => {
      hanging = on
    },
    close: () => {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}

describe('reads', () => {
  it('go to the replica, and say so', async () => {
    expect(await sourceOf(route(primaryUrl, [replicaUrl]))).toBe('replica')
  })

  it('go to the primary when no replica is configured, none answers, or it is no replica any more', async () => {
    expect(await sourceOf(route(primaryUrl, []))).toBe('primary')
    expect(await sourceOf(route(primaryUrl, ['postgres://x:x@127.0.0.1:1/x']))).toBe('primary')
    expect(await sourceOf(route(primaryUrl, [primaryUrl]))).toBe('primary')
  })

  it('go to the replica while the primary is away', async () => {
    expect(await sourceOf(route('postgres://x:x@127.0.0.1:1/x', [replicaUrl]))).toBe('replica')
  })

  it('fail with a clear reason within a moment when every node is away', async () => {
    const router = route('postgres://x:x@127.0.0.1:1/x', ['postgres://x:x@127.0.0.1:2/x'])
    const { result, ms } = await timed(() => sourceOf(router).catch((error: unknown) => error))
    expect(result).toBeInstanceOf(ReadFailure)
    expect(result).toMatchObject({ kind: 'unavailable' })
    expect(ms).toBeLessThan(1_500)
  })

  it('cannot write, on whichever node', async () => {
    const write = route(primaryUrl, []).withReadNode(anyFreshness, ({ sql }) => sql`delete from batch`)
    await expect(write).rejects.toThrow(/read-only transaction/)
  })
})

describe('a replica that hangs', () => {
  it('costs one request about a second and the next ones nothing, and is used again once it answers', async () => {
    const proxy = await createProxy(replicaUrl)
    try {
      const router = route(primaryUrl, [proxy.url])
      expect(await sourceOf(router)).toBe('replica')
      proxy.hang(true)
      const first = await timed(() => sourceOf(router))
      expect(first.result).toBe('primary')
      expect(first.ms).toBeLessThan(1_500)
      // Longer than a failed node is passed over: trying it again must not cost a request either.
      const untilMs = Date.now() + 7_000
      while (Date.now() < untilMs) {
        const { result, ms } = await timed(() => sourceOf(router))
        expect(result).toBe('primary')
        expect(ms).toBeLessThan(300)
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
      proxy.hang(false)
      await expect.poll(() => sourceOf(router), { timeout: 15_000 }).toBe('replica')
    } finally {
      proxy.close()
    }
  })

  it('costs many requests at once no more than one', async () => {
    const proxy = await createProxy(replicaUrl)
    try {
      const router = route(primaryUrl, [proxy.url])
      await sourceOf(router)
      proxy.hang(true)
      const { result, ms } = await timed(() =>
        Promise.all(Array.from({ length: 50 }, () => sourceOf(router))),
      )
      expect(new Set(result)).toEqual(new Set(['primary']))
      expect(ms).toBeLessThan(2_000)
    } finally {
      proxy.close()
    }
  })

  it('in the middle of a request fails that request, and the next one is served by the primary', async () => {
    const proxy = await createProxy(replicaUrl)
    try {
      const router = route(primaryUrl, [proxy.url])
      const reader = reading(router)
      await reader.read(({ sql }) => sql`select 1`)
      proxy.hang(true)
      const lost = reader.read(({ sql }) => sql`select 2`)
      await expect(lost).rejects.toMatchObject({ kind: 'unavailable' })
      expect(await sourceOf(router)).toBe('primary')
    } finally {
      proxy.close()
    }
  })
})

describe('one request', () => {
  it('sees one moment, whatever is written meanwhile', async () => {
    const reader = reading(route(primaryUrl, []))
    const count = () => reader.read(({ sql }) => sql`select count(*)::int as users from app_user`)
    const before = await count()
    await database.sql`insert into app_user values ('u', 0, '2026-03-01')`
    expect(await count()).toEqual(before)
    reader.close()
  })

  it('gives its connection back: more requests than connections are all served', async () => {
    const router = route(primaryUrl, [])
    const request = async () => {
      const reader = reading(router)
      await reader.read(({ sql }) => sql`select pg_sleep(0.01)`)
      reader.close()
    }
    await Promise.all(Array.from({ length: 100 }, request))
  })

  it('is planned for the values that it asks with, however often they were others before', async () => {
    const reader = reading(route(primaryUrl, []))
    const plans = await reader.read(async ({ sql }) => {
      for (let number = 0; number < 20; number++)
        await sql`select from app_user where number < ${number}::integer`
      return await sql`
        select sum(generic_plans)::int as generic, sum(custom_plans)::int as custom
        from pg_prepared_statements where statement like 'select from app_user%'`
    })
    expect(plans).toEqual([{ generic: 0, custom: 20 }])
    reader.close()
  })

  it('that takes too long is stopped and told so', async () => {
    const reader = reading(route(primaryUrl, []))
    await expect(reader.read(({ sql }) => sql`select pg_sleep(20)`)).rejects.toMatchObject({
      kind: 'timeout',
    })
    reader.close()
  })
})

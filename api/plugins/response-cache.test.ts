import { GraphQLObjectType, GraphQLSchema, GraphQLString } from 'graphql'
import { createYoga } from 'graphql-yoga'
import { describe, expect, it } from 'vitest'
import type { Role } from '../../domain/access/role.ts'
import { anyFreshness } from '../../db/nodes/requirement.ts'
import type { ReadSession, ReadSource } from '../../db/nodes/snapshot.ts'
import { createCacheValidator, type Handles } from '../context/cache-validator.ts'
import { localActor } from '../context/actor.ts'
import type { LookAudit } from '../context/audit.ts'
import { type ApiContext, createContext, type InitialContext, receiveRequest } from '../context/context.ts'
import { type CacheRoles, cacheRoles, type RequestDeps } from '../context/deps.ts'
import { failing, noCommands, noRuns, noServiceTokens } from '../server-fixture.ts'
import type { Seen } from '../context/look.ts'
import { auditLooks } from './audit-looks.ts'
import { cacheResponses } from './response-cache.ts'

type Deps = RequestDeps & { weather: { now: () => string } }
type Resolve = (context: Handles<Deps>) => unknown

/** What the parts of a made-up API say; tests change it between questions. */
const start = () => ({
  nowMs: Date.parse('2026-03-01T12:00:30Z'),
  position: 1n,
  kafkaEnd: 5n,
  /** Where the log ended when it was last asked for by somebody who did not ask anew. */
  kafkaEndASecondAgo: null as bigint | null,
  source: 'primary' as ReadSource,
  replicaLagMs: null as number | null,
  roles: ['viewer'] as Role[],
})

/** An API with one field; `ask` returns how often it was resolved so far. */
function serveField(
  resolve: Resolve,
  world = start(),
  roles: object = { ...cacheRoles, weather: 'uncacheable' },
) {
  const session = () =>
    ({
      sql: () => undefined,
      node: 'a node',
      source: world.source,
      position: world.position,
      replicaLagMs: world.replicaLagMs,
    }) as never as ReadSession
  const deps: Omit<Deps, 'caller'> = {
    version: '0.0.0',
    outlooks: () => Promise.resolve(new Map()),
    dependencies: () => Promise.resolve([]),
    topic: 'user-login',
    router: {
      ...failing(new Error('not in this test')),
      withReadNode: (_, work) => work(session()),
      withPrimary: (work) => work(session()),
    },
    kafkaBounds: (_, sinceMs) => {
      const end = sinceMs === undefined ? (world.kafkaEndASecondAgo ?? world.kafkaEnd) : world.kafkaEnd
      return Promise.resolve({ ok: true, bounds: [{ partition: 0, end }] as never[] })
    },
    clock: () => world.nowMs,
    workflowStatus: () => Promise.resolve({ known: false, why: 'temporal', message: 'away' }),
    verifyAudit: () => Promise.reject(new Error('not in this test')),
    readBack: () => Promise.resolve({ events: [], next: 0n }),
    commands: { ...noCommands },
    serviceTokens: { ...noServiceTokens },
    runs: { ...noRuns, replayRun: () => Promise.resolve({} as never) },
    weather: { now: () => 'rain' },
  }
  let resolved = 0
  const results: unknown[] = []
  const looks: Seen['fields'][] = []
  const lookAudit: LookAudit = {
    record: (_, { fields }) => {
      looks.push(fields)
      return Promise.resolve(true)
    },
  }
  const field = {
    type: GraphQLString,
    resolve: async (_: unknown, __: unknown, context: Handles<Deps>) => {
      resolved++
      await context.read(() => Promise.resolve())
      return JSON.stringify(await resolve(context))
    },
  }
  const server = createYoga({
    schema: new GraphQLSchema({ query: new GraphQLObjectType({ name: 'Query', fields: { field } }) }),
    context: (initial: InitialContext) => {
      const received = receiveRequest(
        initial,
        { actor: { ...localActor(initial.request.headers), roles: world.roles }, address: '192.0.2.1' },
        deps.topic,
      )
      const { caller, requirement } = received
      const validated = createCacheValidator({ ...deps, caller }, roles as never, requirement)
      return createContext(received, validated, { pseudonym: (kind) => kind, auditsLooks: true })
    },
    plugins: [
      auditLooks(lookAudit),
      cacheResponses(),
      { onResultProcess: ({ result }) => void results.push(result) },
    ],
    logging: false,
  })
  const ask = async (maxStalenessMs?: number) => {
    const body = JSON.stringify({ query: '{ field }' })
    const headers = {
      'content-type': 'application/json',
      ...(maxStalenessMs === undefined ? {} : { 'x-rollcall-max-staleness-ms': String(maxStalenessMs) }),
    }
    const response = await server.fetch('http://api/graphql', { method: 'POST', headers, body })
    expect(await response.json()).toEqual({ data: { field: expect.anything() as unknown } })
    return resolved
  }
  return { world, ask, results, looks }
}

it('a cached answer is as much of a look as the first one', async () => {
  const { ask, world, looks } = serveField((context) => {
    const { look } = context as unknown as ApiContext
    look?.field('Attempt.userId')
    return 'ann'
  })
  await ask()
  expect(looks).toEqual([])
  world.roles = ['analyst']
  expect([await ask(), await ask(), await ask()]).toEqual([2, 2, 2])
  expect(looks).toEqual([{ 'Attempt.userId': 1 }, { 'Attempt.userId': 1 }, { 'Attempt.userId': 1 }])
})

describe('an answer is given again', () => {
  it('while node, place, logs and minute are the same', async () => {
    const { ask, world } = serveField(({ kafkaBounds, topic }) => kafkaBounds(topic).then(() => 1))
    expect([await ask(), await ask()]).toEqual([1, 1])
    world.kafkaEnd++
    expect([await ask(), await ask()]).toEqual([2, 2])
    world.position++
    expect([await ask(), await ask()]).toEqual([3, 3])
    world.nowMs += 29_999
    expect(await ask()).toBe(3)
    world.nowMs += 1
    expect(await ask()).toBe(4)
  })

  it('while Kafka, asked anew, says the same, if it was asked anew for the answer', async () => {
    const { ask, world } = serveField(({ kafkaBounds, topic }) =>
      kafkaBounds(topic, performance.now()).then(() => 1),
    )
    world.kafkaEndASecondAgo = world.kafkaEnd
    expect([await ask(), await ask()]).toEqual([1, 1])
    world.kafkaEnd++
    expect([await ask(), await ask()]).toEqual([2, 2])
  })

  it('to those with the same roles, and to nobody else', async () => {
    const { ask, world } = serveField(() => 1)
    const asWith = (...roles: Role[]) => {
      world.roles = roles
      return ask()
    }
    expect([await asWith('viewer'), await asWith('viewer')]).toEqual([1, 1])
    expect([await asWith('analyst'), await asWith('viewer', 'analyst')]).toEqual([2, 3])
    expect([await asWith('analyst'), await asWith('viewer')]).toEqual([3, 3])
  })

  it('as the same object, so that what is made of it can be kept beside it', async () => {
    const { ask, results } = serveField(() => 1)
    for (let i = 0; i < 3; i++) await ask()
    expect(results[1]).toBe(results[0])
    expect(results[2]).toBe(results[0])
    expect(Object.isFrozen(results[2])).toBe(true)
  })

  it('not when it was made of a dependency that nobody declared, whatever of it was used', async () => {
    const { ask } = serveField(({ weather }) => weather.now())
    expect([await ask(), await ask()]).toEqual([1, 2])
    const undeclared = serveField(({ weather: { now } }) => now.name, start(), cacheRoles)
    expect([await undeclared.ask(), await undeclared.ask()]).toEqual([1, 2])
  })

  it.each<[string, Resolve]>([
    ['the primary', ({ readPrimary }) => readPrimary(() => Promise.resolve(1))],
    ['workflows', ({ workflowStatus, topic }) => workflowStatus(topic)],
    ['records', ({ readBack }) => readBack(1n, {} as never, {} as never, 1).then(() => 1)],
    ['runs', ({ runs }) => runs.replayRun('run')],
    ['who asks', ({ caller }) => caller.actor],
    ['the logs of another topic', ({ kafkaBounds }) => kafkaBounds('another').then(() => 1)],
    ['the exact time', ({ clock }) => clock.nowMs()],
  ])('not when it was made of %s', async (_, resolve) => {
    const { ask, world } = serveField(resolve)
    expect(await ask()).toBe(1)
    world.nowMs++
    expect(await ask()).toBe(2)
  })

  it('not when Kafka moved while it was made', async () => {
    const world = start()
    const { ask } = serveField(async ({ kafkaBounds, topic }) => {
      await kafkaBounds(topic)
      world.kafkaEnd++
      await kafkaBounds(topic)
      return 1
    }, world)
    expect([await ask(), await ask()]).toEqual([1, 2])
  })
})

describe('an answer of a node that has moved on is given to a client that allows staleness', () => {
  const askTwice = async (source: ReadSource, replicaLagMs: number | null) => {
    const { ask, world } = serveField(() => 1, { ...start(), source, replicaLagMs })
    await ask()
    world.position++
    return await ask(600_000)
  }

  it('while it is young enough', async () => {
    expect(await askTwice('primary', null)).toBe(1)
    expect(await askTwice('replica', 5_000)).toBe(1)
  })

  it('but not when the replica was too far behind, or could not tell how far', async () => {
    expect(await askTwice('replica', 700_000)).toBe(2)
    expect(await askTwice('replica', null)).toBe(2)
  })
})

it('a dependency without a role, or with one that it cannot have, does not compile', () => {
  const roles: CacheRoles<Deps> = { ...cacheRoles, weather: 'uncacheable' }
  // @ts-expect-error nothing compares the weather
  const compared: CacheRoles<Deps> = { ...cacheRoles, weather: 'compared' }
  // @ts-expect-error what can be called may say something else each time
  const fixed: CacheRoles<Deps> = { ...cacheRoles, weather: 'fixed' }
  const validate = (deps: Deps) => [
    createCacheValidator(deps, roles, anyFreshness),
    // @ts-expect-error weather has no role
    createCacheValidator(deps, cacheRoles, anyFreshness),
  ]
  expect([compared, fixed, validate]).toHaveLength(3)
})

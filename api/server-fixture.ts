import { vi } from 'vitest'
import { ReadFailure } from '../db/nodes/read-failure.ts'
import type { ApiDeps } from './context/deps.ts'
import { createPseudonym } from './context/masks.ts'
import { createApiMetrics } from './metrics/serve-api-metrics.ts'
import { localMode } from './identity/local-mode.ts'
import { createClientAddress } from './limits/client-address.ts'
import { createServer } from './server.ts'
import { untraced } from '../tracing/span.ts'

export const NOW_MS = Date.parse('2026-03-01T12:00:30Z')

/** Whose X-Forwarded-For the server believes; connections to it come from there, too. */
export const PROXY = '127.0.0.1'

/** What node:http tells of a request that came by the proxy. */
export const sentBy = (headers: Record<string, string> = {}) => ({
  req: { socket: { remoteAddress: PROXY }, headers },
})

type Deps = Parameters<typeof createServer>[0]
export type Answer = {
  data?: Record<string, Record<string, unknown> | null> | null
  errors?: { message: string; extensions?: Record<string, unknown> }[]
}

/** For unit tests: a server whose parts are all away, except those that the test replaces. */
export function serve(overrides: Partial<Deps> = {}) {
  const logged = vi.fn()
  const server = createServer({
    version: '0.0.0',
    topic: 'user-login',
    router: failing(new ReadFailure('unavailable', 'no database node answers')),
    kafkaBounds: () => Promise.resolve({ ok: false, message: 'Kafka is away' }),
    workflowStatus: () => Promise.resolve({ known: false, why: 'temporal', message: 'Temporal is away' }),
    outlooks: () => Promise.resolve(new Map()),
    dependencies: () => Promise.resolve([]),
    commands: noCommands,
    runs: noRuns,
    serviceTokens: noServiceTokens,
    readBack: () => Promise.reject(new Error('not in this test')),
    verifyAudit: () => Promise.reject(new Error('not in this test')),
    audit: { record: () => Promise.resolve(true) },
    lookAudit: null,
    refusals: { count: () => undefined, flush: () => Promise.resolve() },
    identity: localMode,
    signIn: null,
    clientAddress: createClientAddress([PROXY]),
    allowedHosts: ['api'],
    pseudonym: createPseudonym('a key of tests'),
    logger: { error: logged, warn: logged, info: logged },
    clock: () => NOW_MS,
    limits: {
      questionsPerSecond: 1_000,
      clientMsPerSecond: 1_000,
      subscriptions: { all: 1_000, perClient: 20 },
    },
    documents: { byHash: null, only: false },
    explorer: { introspection: true, graphiql: true },
    metrics: createApiMetrics('0.0.0').requests,
    tracing: untraced,
    readiness: { postgres: ok, temporal: ok, kafka: ok },
    ...overrides,
  })
  const post = (body: unknown, headers: Record<string, string> = {}) =>
    Promise.resolve(
      server.fetch(
        'http://api/graphql',
        {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...headers },
          body: JSON.stringify(body),
        },
        sentBy(headers),
      ),
    )
  const ask = async (query: string, headers?: Record<string, string>) =>
    (await (await post({ query }, headers)).json()) as Answer
  return { server, post, ask, logged }
}

const away = () => Promise.reject(new Error('not in this test'))
/** For tests that send no command. */
export const noCommands: ApiDeps['commands'] = {
  controlIngestion: away,
  resolveParkedBatch: away,
  startReplayRun: away,
  controlReplayRun: away,
  startRedriveRun: away,
}
export const noServiceTokens: ApiDeps['serviceTokens'] = { make: away, revoke: away }
export const noRuns: ApiDeps['runs'] = { replayRun: away, redriveRun: away }

export const ok = () => Promise.resolve()
export const failing = (error: Error): ApiDeps['router'] => ({
  withReadNode: () => Promise.reject(error),
  withPrimary: () => Promise.reject(error),
  close: ok,
})

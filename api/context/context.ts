import type { IncomingMessage } from 'node:http'
import type { GraphQLParams } from 'graphql-yoga'
import { readProgress } from '../../db/read/ledger/progress.ts'
import type { ReadRequirement } from '../../db/nodes/requirement.ts'
import { actorOf } from './actor.ts'
import type { Handles, Validated } from './cache-validator.ts'
import type { Caller, RequestDeps } from './deps.ts'
import { type Freshness, freshnessOf, logsFor } from './freshness.ts'
import { requirementOf } from './read-requirement.ts'

/**
 * What a resolver gets of one request: handles made by the cache validator, which therefore knows of whatever the resolver asks.
 * deps.ts lists the dependencies behind them.
 */
export type ApiContext = Handles<RequestDeps> & {
  /** Of the request's snapshot; worked out once a request. */
  freshness: () => Promise<Freshness>
}

/** What plugins get beside it. */
export type RequestContext = ApiContext &
  ReceivedRequest &
  Pick<Validated<RequestDeps>, 'cacheValidator' | 'close'>

type ReceivedRequest = {
  caller: Caller
  /** Whose questions are counted together: an actor at an address. */
  client: string
  /** The text of the request, as it came. */
  params: GraphQLParams
  requirement: ReadRequirement
}

export type InitialContext = { request: Request; params: GraphQLParams; req?: IncomingMessage }

/** @throws {GraphQLError} a header is unusable */
export function receiveRequest({ request, params, req }: InitialContext): ReceivedRequest {
  const actor = actorOf(request.headers)
  const client = `${req?.socket.remoteAddress ?? ''} ${actor}`
  return { caller: { actor }, client, params, requirement: requirementOf(request) }
}

/** The context of a request. Dependencies come as handles alone, so that none can be passed on as it is. */
export function createContext(
  received: ReceivedRequest,
  { handles, cacheValidator, close }: Validated<RequestDeps>,
): RequestContext {
  let freshness: Promise<Freshness> | null = null
  return {
    ...received,
    ...handles,
    freshness: () => (freshness ??= readFreshness(handles)),
    cacheValidator,
    close,
  }
}

async function readFreshness({ topic, read, kafkaBounds }: Handles<RequestDeps>): Promise<Freshness> {
  const reading = read(async (session) => ({ ...session, progress: await readProgress(session, topic) }))
  const progress = reading.then((snapshot) => snapshot.progress)
  const kafka = await logsFor(kafkaBounds, topic, progress)
  return freshnessOf(await reading, await progress, kafka)
}

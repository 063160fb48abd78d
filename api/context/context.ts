import type { IncomingMessage } from 'node:http'
import type { GraphQLParams } from 'graphql-yoga'
import { readFirstAttempt, readFirstDay } from '../../db/read/counts/first-attempt.ts'
import { readProgress } from '../../db/read/ledger/progress.ts'
import { actorOf } from './actor.ts'
import type { Warning } from './warnings.ts'
import type { Handles, Validated } from './cache-validator.ts'
import type { Caller, RequestDeps } from './deps.ts'
import { type Freshness, freshnessOf, logsFor } from './freshness.ts'
import { checkOwnHeaders } from './own-headers.ts'
import { type ReadHeaders, readHeadersOf } from './read-requirement.ts'

/**
 * What the resolvers of one request get. The cache validator makes these handles, so it knows what the
 * resolvers ask for. deps.ts lists the dependencies behind them.
 */
export type ApiContext = Handles<RequestDeps> & {
  /** How fresh the request's snapshot is; computed once per request. */
  freshness: () => Promise<Freshness>
  /** The day of the first attempt, as readFirstDay has it; read once per request. */
  firstDay: () => Promise<number | null>
  /** When that attempt was, as readFirstAttempt has it; read once per request. */
  firstAttempt: () => Promise<Date | null>
  /** What is to be said beside the answer; resolvers add to it. */
  warnings: Warning[]
}

/** What plugins get: the context of the resolvers, and what the response cache and the limits need. */
export type RequestContext = ApiContext &
  ReceivedRequest &
  Pick<Validated<RequestDeps>, 'cacheValidator' | 'close'> & {
    /** Whether the request has waited until something was counted. */
    hasWaited: boolean
  }

export type ReceivedRequest = ReadHeaders & {
  caller: Caller
  /** The client whose requests share one rate limit: an actor at an IP address. */
  client: string
  /** The query and its variables, as the request sent them. */
  params: GraphQLParams
}

export type InitialContext = { request: Request; params: GraphQLParams; req?: IncomingMessage }

/**
 * @param topic the one that is counted
 * @throws {GraphQLError} a header is unusable
 */
export function receiveRequest({ request, params, req }: InitialContext, topic: string): ReceivedRequest {
  checkOwnHeaders(request.headers)
  const actor = actorOf(request.headers)
  const client = `${req?.socket.remoteAddress ?? ''} ${actor}`
  return { caller: { actor }, client, params, ...readHeadersOf(request, topic) }
}

/**
 * The context of a request. It takes handles and not dependencies, so that no dependency can be passed on
 * unwatched.
 */
export function createContext(
  received: ReceivedRequest,
  { handles, cacheValidator, close }: Validated<RequestDeps>,
): RequestContext {
  let freshness: Promise<Freshness> | null = null
  let firstDay: Promise<number | null> | null = null
  let firstAttempt: Promise<Date | null> | null = null
  const readDay = () => (firstDay ??= handles.read(readFirstDay))
  const readAttempt = async () => {
    const day = await readDay()
    return day === null ? null : await handles.read((session) => readFirstAttempt(session, day))
  }
  return {
    ...received,
    ...handles,
    freshness: () => (freshness ??= readFreshness(handles)),
    firstDay: readDay,
    firstAttempt: () => (firstAttempt ??= readAttempt()),
    warnings: [],
    hasWaited: false,
    cacheValidator,
    close,
  }
}

async function readFreshness({ topic, read, kafkaBounds }: Handles<RequestDeps>): Promise<Freshness> {
  const reading = read(async (session) => ({ ...session, progress: await readProgress(session, topic) }))
  const progress = reading.then((snapshot) => snapshot.progress)
  const kafka = await logsFor(kafkaBounds, topic, progress)
  return freshnessOf({ ...(await reading), topic }, await progress, kafka)
}

import type { GraphQLParams } from 'graphql-yoga'
import { type AttemptsKnown, readAttemptsKnown } from '../../db/read/counts/attempts-around.ts'
import { readFirstAttempt, readFirstDay } from '../../db/read/counts/first-attempt.ts'
import { isPermitted } from '../../domain/access/permission.ts'
import type { Role } from '../../domain/access/role.ts'
import { readProgress } from '../../db/read/ledger/progress.ts'
import type { Actor } from './actor.ts'
import type { Warning } from './warnings.ts'
import type { Handles, Validated } from './cache-validator.ts'
import { Look } from './look.ts'
import type { Pseudonym } from './masks.ts'
import { forbiddenMessage } from './permission.ts'
import { requestError } from './request-error.ts'
import type { Caller, RequestDeps } from './deps.ts'
import { type Freshness, freshnessOf, logsFor } from './freshness.ts'
import { checkOwnHeaders } from './own-headers.ts'
import { type ReadHeaders, readHeadersOf } from './read-requirement.ts'

/**
 * What the resolvers of one request get. The cache validator makes these handles, so it knows what the
 * resolvers ask for. deps.ts lists the dependencies behind them.
 */
export type ApiContext = Handles<RequestDeps> & {
  /** Of who asks: what its answer may have. */
  roles: readonly Role[]
  /** Stands for personal values. */
  pseudonym: Pseudonym
  /** How fresh the request's snapshot is; computed once per request. */
  freshness: () => Promise<Freshness>
  /** When the first attempt was, as readFirstAttempt has it; read once per request. */
  firstAttempt: () => Promise<Date | null>
  /** What is known around days, as readAttemptsKnown has it; read once per request for the same days. */
  attemptsKnown: (daysMs: readonly number[]) => Promise<AttemptsKnown>
  /** What is to be said beside the answer; resolvers add to it. */
  warnings: Warning[]
  /** What the answer shows of persons, for the audit; null: that is not asked for, or who asks may see none. */
  look: Look | null
}

/** What plugins get: the context of the resolvers, and what the response cache and the limits need. */
export type RequestContext = ApiContext &
  ReceivedRequest &
  Pick<Validated<RequestDeps>, 'cacheValidator' | 'close'> & {
    /** Whether the request has waited until something was counted. */
    hasWaited: boolean
  }

/** Clients that share the time that a request takes, at least one. */
export type Payers = readonly [client: string, ...clients: string[]]

export type ReceivedRequest = ReadHeaders & {
  caller: Caller
  /** Who is shown the answer. Unlike `caller`, whose use makes an answer one for nobody else, no answer may be made of it. */
  viewer: Actor
  /** Of who asks. What a request may have depends on them alone, and so may answers that requests share. */
  roles: readonly Role[]
  /** From when on its sender has to prove anew who it is, Unix milliseconds; null: never. */
  validUntilMs: number | null
  /** The client whose requests share its limits: an actor; where nobody vouches for one, an address. */
  client: string
  /** Its client alone, or those of all for whom the API asks. */
  payers: Payers
  /** Where it asks from, as ClientAddress has it; null: the API asks, for its subscribers. */
  address: string | null
  /** The query and its variables, as the request sent them. */
  params: GraphQLParams
}

export type InitialContext = { request: Request; params: GraphQLParams }

/**
 * @param topic the one that is counted
 * @throws {GraphQLError} a header is unusable
 */
export function receiveRequest(
  { request, params }: InitialContext,
  { actor, address }: Sender,
  topic: string,
): ReceivedRequest {
  checkOwnHeaders(request.headers, actor)
  const { roles, validUntilMs } = actor
  const headers = readHeadersOf(request, topic)
  // Whether it waits tells whether there is such an event.
  if (headers.awaited?.records.events.length && !isPermitted(roles, 'persons'))
    throw requestError('FORBIDDEN', forbiddenMessage('persons', 'x-rollcall-read-after with an event'), {
      http: { status: 403 },
    })
  const client = clientOf({ actor, address })
  return {
    caller: { actor },
    viewer: actor,
    roles,
    validUntilMs,
    client,
    payers: [client],
    address,
    params,
    ...headers,
  }
}

/** Who sent a request, and from which address, as ClientAddress has it. */
export type Sender = { actor: Actor; address: string }

/** A name that its sender chose makes nobody another client. */
export const clientOf = ({ actor: { issuer, subject }, address }: Sender): string =>
  issuer === null ? `at ${address}` : JSON.stringify([issuer, subject])

/**
 * The context of a request. It takes handles and not dependencies, so that no dependency can be passed on
 * unwatched.
 */
export function createContext(
  received: ReceivedRequest,
  { handles, cacheValidator, close }: Validated<RequestDeps>,
  { pseudonym, auditsLooks }: { pseudonym: Pseudonym; auditsLooks: boolean },
): RequestContext {
  let freshness: Promise<Freshness> | null = null
  let firstAttempt: Promise<Date | null> | null = null
  const known = new Map<string, Promise<AttemptsKnown>>()
  const readAttempt = async () => {
    const day = await handles.read(readFirstDay)
    return day === null ? null : await handles.read((session) => readFirstAttempt(session, day))
  }
  const readKnown = (daysMs: readonly number[]) =>
    handles.read((session) => readAttemptsKnown(session, daysMs))
  return {
    ...received,
    ...handles,
    pseudonym,
    freshness: () => (freshness ??= readFreshness(handles)),
    firstAttempt: () => (firstAttempt ??= readAttempt()),
    attemptsKnown: (daysMs) => {
      const reading = known.get(daysMs.join()) ?? readKnown(daysMs)
      known.set(daysMs.join(), reading)
      return reading
    },
    warnings: [],
    look: auditsLooks && isPermitted(received.roles, 'persons') ? new Look() : null,
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

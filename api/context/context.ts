import type { IncomingMessage } from 'node:http'
import type { GraphQLParams } from 'graphql-yoga'
import { readProgress } from '../../db/read/ledger/progress.ts'
import type { ReadToken } from '../../db/nodes/read-token.ts'
import { createPrimaryReader, createRequestReader, type Read } from '../../db/nodes/request-reader.ts'
import type { ReadRequirement } from '../../db/nodes/requirement.ts'
import type { ReadRouter } from '../../db/nodes/router.ts'
import { readToken } from '../../db/nodes/snapshot.ts'
import { actorOf } from './actor.ts'
import { type AnswerBasis, createBasis } from './cache-validator.ts'
import type { Commands } from './commands.ts'
import { type Freshness, freshnessOf, logsFor } from './freshness.ts'
import type { Logger } from './logger.ts'
import { requirementOf } from './read-requirement.ts'
import type { WorkflowStatus, ReadKafkaBounds, ReadBack, Runs } from './parts.ts'

/** What the server is made of; the composition root (main.ts) builds it from configuration. */
export type ApiDeps = {
  /** The topic whose logins are counted. */
  topic: string
  router: ReadRouter
  kafkaBounds: ReadKafkaBounds
  workflowStatus: (topic: string) => Promise<WorkflowStatus>
  /** Events of a batch from Kafka. */
  readBack: ReadBack
  commands: Commands
  runs: Runs
  logger: Logger
  /** Unix milliseconds. */
  clock: () => number
}

/** What resolvers see of one request. */
export type ApiContext = {
  topic: string
  /** Who asks, for the audit. */
  actor: string
  /** Whose questions are counted together: an actor at an address. */
  client: string
  nowMs: number
  /** The text of the request, as it came. */
  params: GraphQLParams
  requirement: ReadRequirement
  read: Read
  /** On the primary, in a snapshot of its own: sees what a command of this request has just done. */
  readPrimary: Read
  /** Stands for all that is written by now. @throws {ReadFailure} the primary is away */
  readToken: () => Promise<ReadToken>
  kafkaBounds: ReadKafkaBounds
  workflowStatus: ApiDeps['workflowStatus']
  readBack: ReadBack
  commands: Commands
  runs: Runs
  /** Of the request's snapshot; worked out once a request. */
  freshness: () => Promise<Freshness>
  basis: AnswerBasis
  /** Gives back what the request held. */
  close: () => void
}

export type InitialContext = { request: Request; params: GraphQLParams; req?: IncomingMessage }

/** @throws {GraphQLError} a header is unusable */
export function createContext(deps: ApiDeps, initial: InitialContext): ApiContext {
  const { topic, router, commands } = deps
  const requirement = requirementOf(initial.request)
  const reader = createRequestReader((work) => router.withReadNode(requirement, work))
  const nowMs = deps.clock()
  const basis = createBasis({ deps, reader, nowMs })
  const actor = actorOf(initial.request.headers)
  let freshness: Promise<Freshness> | null = null
  const readFreshness = async () => {
    const reading = basis.parts.read(async (session) => ({
      ...session,
      progress: await readProgress(session, topic),
    }))
    const progress = reading.then((snapshot) => snapshot.progress)
    const kafka = await logsFor(basis.parts.kafkaBounds, topic, progress)
    return freshnessOf(await reading, await progress, kafka)
  }
  return {
    topic,
    actor,
    client: `${initial.req?.socket.remoteAddress ?? ''} ${actor}`,
    nowMs,
    params: initial.params,
    requirement,
    commands,
    ...basis.parts,
    readToken: () => createPrimaryReader(router)(readToken),
    freshness: () => (freshness ??= readFreshness()),
    basis,
    close: reader.close,
  }
}

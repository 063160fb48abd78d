import { readProgress } from '../db/read/progress.ts'
import { createPrimaryReader, createRequestReader, type Read } from '../db/read/request-reader.ts'
import type { ReadRouter } from '../db/read/router.ts'
import type { Commands } from './commands/create-commands.ts'
import { type Freshness, freshnessOf } from './freshness.ts'
import type { KafkaBounds } from './kafka-bounds.ts'
import type { Logger } from './logger.ts'
import type { Runs } from './runs.ts'
import type { ReadBack } from './read-back.ts'
import type { WorkflowStatus } from './workflow-status.ts'

/** What the server is made of; the composition root (main.ts) builds it from configuration. */
export type ApiDeps = {
  /** The topic whose logins are counted. */
  topic: string
  router: ReadRouter
  kafkaBounds: (topic: string) => Promise<KafkaBounds>
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
  nowMs: number
  read: Read
  /** On the primary, in a snapshot of its own: sees what a command of this request has just done. */
  readPrimary: Read
  kafkaBounds: ApiDeps['kafkaBounds']
  workflowStatus: ApiDeps['workflowStatus']
  readBack: ReadBack
  commands: Commands
  runs: Runs
  /** Of the request's snapshot; worked out once a request. */
  freshness: () => Promise<Freshness>
  /** Gives back what the request held. */
  close: () => void
}

export function createContext(deps: ApiDeps, request: Request): ApiContext {
  const reader = createRequestReader(deps.router)
  let freshness: Promise<Freshness> | null = null
  const { topic, kafkaBounds, workflowStatus, readBack, commands, runs } = deps
  const readFreshness = async () => {
    const [kafka, snapshot] = await Promise.all([
      kafkaBounds(topic),
      reader.read(async (session) => ({ ...session, progress: await readProgress(session, topic) })),
    ])
    return freshnessOf(snapshot, snapshot.progress, kafka.ok ? kafka.bounds : null)
  }
  return {
    topic,
    actor: actorOf(request),
    nowMs: deps.clock(),
    read: reader.read,
    readPrimary: createPrimaryReader(deps.router),
    kafkaBounds,
    workflowStatus,
    readBack,
    commands,
    runs,
    freshness: () => (freshness ??= readFreshness()),
    close: reader.close,
  }
}

const ACTOR_MAX_CHARACTERS = 128

/** STAND-IN FOR SIGN-IN: anyone may claim to be anyone. The one place to replace once callers prove who they are. */
function actorOf(request: Request): string {
  const claimed = request.headers.get('x-rollcall-actor')?.trim() ?? ''
  return claimed === '' ? 'anonymous' : claimed.slice(0, ACTOR_MAX_CHARACTERS)
}

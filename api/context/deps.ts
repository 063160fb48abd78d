import type { ReadRouter } from '../../db/nodes/router.ts'
import type { Actor } from './actor.ts'
import type { Commands } from './command-types.ts'
import type { ServiceTokenCommands } from './service-token-types.ts'
import type {
  Dependency,
  ReadBack,
  ReadKafkaBounds,
  ReadOutlooks,
  Runs,
  VerifyAudit,
  WorkflowStatus,
} from './source-types.ts'

/**
 * What the API answers from, whoever asks. The composition root (api/main.ts) builds it from the
 * configuration.
 */
export type ApiDeps = {
  /** Version of Rollcall. */
  version: string
  /** The topic whose logins are counted. */
  topic: string
  router: ReadRouter
  kafkaBounds: ReadKafkaBounds
  /** The time now, Unix milliseconds. */
  clock: () => number
  workflowStatus: (topic: string) => Promise<WorkflowStatus>
  /** Tells what becomes of backlogs. */
  outlooks: ReadOutlooks
  /** Looks at what Rollcall needs. */
  dependencies: () => Promise<Dependency[]>
  /** Reads the events of a batch back from Kafka. */
  readBack: ReadBack
  verifyAudit: VerifyAudit
  commands: Commands
  runs: Runs
  serviceTokens: ServiceTokenCommands
}

/** The dependencies of one request: those of the API, and who asks. */
export type RequestDeps = ApiDeps & { caller: Caller }

/** Who asks. */
export type Caller = { actor: Actor }

/**
 * Dependencies whose state the cache validator can compare. Resolvers get a handle for each that records its
 * use.
 */
export type ComparedDeps = Pick<ApiDeps, 'topic' | 'router' | 'kafkaBounds' | 'clock'>

/**
 * What a dependency means for the response cache. `fixed`: a text or number that never changes. `compared`:
 * one of ComparedDeps. `uncacheable`: everything else that can be asked; an answer that used it is never
 * cached.
 */
export type CacheRoles<Deps extends ComparedDeps> = {
  [Key in keyof Deps]-?: Key extends Exclude<keyof ComparedDeps, 'topic'>
    ? 'compared'
    : Deps[Key] extends object
      ? 'uncacheable'
      : 'fixed'
}

/** A dependency that is missing here, or has a role that it cannot have, does not compile. */
export const cacheRoles: CacheRoles<RequestDeps> = {
  version: 'fixed',
  topic: 'fixed',
  router: 'compared',
  kafkaBounds: 'compared',
  clock: 'compared',
  workflowStatus: 'uncacheable',
  outlooks: 'uncacheable',
  dependencies: 'uncacheable',
  readBack: 'uncacheable',
  verifyAudit: 'uncacheable',
  commands: 'uncacheable',
  runs: 'uncacheable',
  serviceTokens: 'uncacheable',
  caller: 'uncacheable',
}

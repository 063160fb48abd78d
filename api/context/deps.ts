import type { ReadRouter } from '../../db/nodes/router.ts'
import type { Commands } from './command-types.ts'
import type { ReadBack, ReadKafkaBounds, Runs, WorkflowStatus } from './source-types.ts'

/** What answers are made of, whoever asks; the composition root (main.ts) builds it from configuration. */
export type ApiDeps = {
  /** The topic whose logins are counted. */
  topic: string
  router: ReadRouter
  kafkaBounds: ReadKafkaBounds
  /** Unix milliseconds. */
  clock: () => number
  workflowStatus: (topic: string) => Promise<WorkflowStatus>
  /** Events of a batch from Kafka. */
  readBack: ReadBack
  commands: Commands
  runs: Runs
}

/** The same of one request: who asks is one more. */
export type RequestDeps = ApiDeps & { caller: Caller }

/** Who asks, for the audit. */
export type Caller = { actor: string }

/** What the cache validator can compare with what an answer was made of. Of each it gives resolvers a handle of its own. */
export type ComparedDeps = Pick<ApiDeps, 'topic' | 'router' | 'kafkaBounds' | 'clock'>

/**
 * What a dependency means for the response cache. `fixed`: a text or number that never changes. `compared`: see ComparedDeps.
 * `uncacheable`: whatever else can be asked; an answer made of it is never given again.
 */
export type CacheRoles<Deps extends ComparedDeps> = {
  [Key in keyof Deps]-?: Key extends Exclude<keyof ComparedDeps, 'topic'>
    ? 'compared'
    : Deps[Key] extends object
      ? 'uncacheable'
      : 'fixed'
}

/** A dependency that is missing here does not compile, and neither does one with a role that it cannot have. */
export const cacheRoles: CacheRoles<RequestDeps> = {
  topic: 'fixed',
  router: 'compared',
  kafkaBounds: 'compared',
  clock: 'compared',
  workflowStatus: 'uncacheable',
  readBack: 'uncacheable',
  commands: 'uncacheable',
  runs: 'uncacheable',
  caller: 'uncacheable',
}

import { createPrimaryReader, createRequestReader, type Read } from '../../db/nodes/request-reader.ts'
import type { ReadRequirement } from '../../db/nodes/requirement.ts'
import type { ReadSession } from '../../db/nodes/snapshot.ts'
import type { CacheRoles, ComparedDeps } from './deps.ts'
import { guard } from './guard.ts'
import type { KafkaBounds, ReadKafkaBounds } from './source-types.ts'
import { createRequestClock, type RequestClock, type Validity } from './request-clock.ts'

/** The state of everything that an answer was made of. While it is the same, so is the answer. */
export type Validator = {
  /**
   * The node that answered, and the place in the write-ahead log (bytes) that its snapshot showed at least.
   */
  node: string
  position: bigint
  /**
   * How far the node was behind its primary, at most; 0 for the primary, Infinity for a replica that cannot
   * tell.
   */
  replicaLagMs: number
  /** The logs of the partitions in Kafka; null: the answer does not depend on them. */
  kafkaLogs: string | null
  /** Whether Kafka was asked anew for the answer, so that logs of a second ago do not tell that it still holds. */
  areLogsNew: boolean
  validity: Validity
}

type CacheValidator = {
  /** When the request came, milliseconds of performance.now(). */
  askedAtMs: number
  /**
   * Whether the request would get the same answer. Opens the request's snapshot, and asks Kafka if the answer
   * depends on it. False if no node serves the request.
   */
  matches(validator: Validator): Promise<boolean>
  /** The state that the answer was made of; null: it used nothing, or something that cannot be compared. */
  used(): Promise<Validator | null>
}

/**
 * What resolvers get of the dependencies. Those that can be compared are replaced by handles that record
 * their use. All others are guarded, also those without a declared role, because an answer that used them
 * must not be cached.
 */
export type Handles<Deps extends ComparedDeps> = Omit<Deps, keyof ComparedDeps> & {
  topic: string
  /** Reads the request's snapshot. */
  read: Read
  /** Reads the primary, each time in a new snapshot: it sees what a command of this request has just done. */
  readPrimary: Read
  kafkaBounds: ReadKafkaBounds
  clock: RequestClock
}

export type Validated<Deps extends ComparedDeps> = {
  handles: Handles<Deps>
  cacheValidator: CacheValidator
  /** Gives back the request's database connection. */
  close: () => void
}

/** What the answer of a request has used so far. */
type Used = {
  session: ReadSession | null
  kafkaLogs: Promise<KafkaBounds>[]
  areLogsNew: boolean
  /** Whether all of it can be compared. */
  isComparable: boolean
}

/**
 * Wraps the dependencies of one request, so that it is known which of them its answer used.
 * @param roles the roles of all dependencies: as an argument, so that a dependency without a role does not
 *   compile
 */
export function createCacheValidator<Deps extends ComparedDeps>(
  deps: Deps,
  roles: CacheRoles<NoInfer<Deps>>,
  requirement: ReadRequirement,
): Validated<Deps> {
  const reader = createRequestReader((work) => deps.router.withReadNode(requirement, work))
  const nowMs = deps.clock()
  const { clock, validity } = createRequestClock(nowMs)
  const used: Used = { session: null, kafkaLogs: [], areLogsNew: false, isComparable: true }
  const read = recordSession(reader.read, used)
  const kafkaBounds = recordLogs(deps, used)
  const handles = {
    ...guardAll(deps, roles, used),
    topic: deps.topic,
    read,
    readPrimary: uncacheable(createPrimaryReader(deps.router), used),
    kafkaBounds,
    clock,
  } as Handles<Deps>
  const cacheValidator: CacheValidator = {
    askedAtMs: performance.now(),
    matches: async (validator) =>
      includes(validator.validity, nowMs) &&
      (await isSame(validator, read, () =>
        kafkaBounds(deps.topic, validator.areLogsNew ? performance.now() : undefined),
      )),
    used: () => validatorOf(used, validity),
  }
  return { handles, cacheValidator, close: reader.close }
}

const recordSession =
  (read: Read, used: Used): Read =>
  (query) =>
    read((session) => {
      used.session = session
      return query(session)
    })

/** Only the logs of the topic that is counted can be compared. */
const recordLogs =
  ({ topic: counted, kafkaBounds }: ComparedDeps, used: Used): ReadKafkaBounds =>
  (topic, sinceMs) => {
    const bounds = kafkaBounds(topic, sinceMs)
    used.areLogsNew ||= sinceMs !== undefined
    if (topic === counted) used.kafkaLogs.push(bounds)
    else used.isComparable = false
    return bounds
  }

const uncacheable = <T extends object>(dependency: T, used: Used): T =>
  guard(dependency, () => {
    used.isComparable = false
  })

/** Guards every dependency that is not declared as compared; the roles may lack one at run time. */
function guardAll<Deps extends ComparedDeps>(
  deps: Deps,
  roles: CacheRoles<Deps>,
  used: Used,
): Record<string, unknown> {
  const entries = Object.entries(deps) as [keyof Deps & string, unknown][]
  const given = entries.filter(([key]) => (roles[key] as string | undefined) !== 'compared')
  return Object.fromEntries(
    given.map(([key, value]) => [key, isObject(value) ? uncacheable(value, used) : value]),
  )
}

const isObject = (value: unknown): value is object =>
  (typeof value === 'object' && value !== null) || typeof value === 'function'

async function isSame(
  { node, position, kafkaLogs }: Validator,
  read: Read,
  readLogs: () => Promise<KafkaBounds>,
): Promise<boolean> {
  const logs = kafkaLogs === null ? null : readLogs()
  try {
    const session = await read((opened) => Promise.resolve(opened))
    const textOfLogs = logs === null ? null : textOf(await logs)
    return session.node === node && session.position === position && textOfLogs === kafkaLogs
  } catch {
    // The question will fail for the same reason, and report it.
    return false
  }
}

async function validatorOf(
  { session, kafkaLogs, areLogsNew, isComparable }: Used,
  validity: () => Validity,
): Promise<Validator | null> {
  // If the logs moved while the answer was made, it does not stand for a single state of them.
  const [logs = null, ...others] = new Set((await Promise.all(kafkaLogs)).map(textOf))
  if (session === null || !isComparable || others.length > 0) return null
  const { node, source, position } = session
  const replicaLagMs = source === 'primary' ? 0 : (session.replicaLagMs ?? Infinity)
  return { node, position, replicaLagMs, kafkaLogs: logs, areLogsNew, validity: validity() }
}

const includes = ({ fromMs, untilMs }: Validity, atMs: number): boolean => fromMs <= atMs && atMs < untilMs

/** All that is known of the logs, because an answer may contain any of it. */
const textOf = (bounds: KafkaBounds): string =>
  JSON.stringify(bounds, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value))

import { createPrimaryReader, createRequestReader, type Read } from '../../db/nodes/request-reader.ts'
import type { ReadRequirement } from '../../db/nodes/requirement.ts'
import type { ReadSession } from '../../db/nodes/snapshot.ts'
import type { CacheRoles, ComparedDeps } from './deps.ts'
import { guard } from './guard.ts'
import type { KafkaBounds, ReadKafkaBounds } from './source-types.ts'
import { createRequestClock, type RequestClock, type Validity } from './request-clock.ts'

/** What an answer was made of, to be compared: while it is the same, so is the answer. */
export type Validator = {
  /** The node, and how far it had written or replayed at least. */
  node: string
  position: bigint
  replicaLagMs: number
  /** The logs of the partitions in Kafka; null: the answer does not speak of them. */
  kafkaLogs: string | null
  validity: Validity
}

export type CacheValidator = {
  /** When the request came, milliseconds of a clock that nobody sets. */
  askedAtMs: number
  /**
   * Whether the answer would be the same now. Opens the request's snapshot, and asks Kafka if the answer speaks of it. No node
   * that serves: false.
   */
  matches(validator: Validator): Promise<boolean>
  /** What the answer was made of. Null: of more than can be compared, or of nothing. */
  used(): Promise<Validator | null>
}

/**
 * What resolvers get of the dependencies. Those that can be compared have handles of their own here. Every other one is guarded,
 * also one that nobody declared: an answer made of it is not cached.
 */
export type Handles<Deps extends ComparedDeps> = Omit<Deps, keyof ComparedDeps> & {
  topic: string
  /** Reads the request's snapshot. */
  read: Read
  /** On the primary, in a snapshot of its own: sees what a command of this request has just done. */
  readPrimary: Read
  kafkaBounds: ReadKafkaBounds
  clock: RequestClock
}

export type Validated<Deps extends ComparedDeps> = {
  handles: Handles<Deps>
  cacheValidator: CacheValidator
  /** Gives back what the request held. */
  close: () => void
}

/**
 * Wraps the dependencies of one request, so that what its answer is made of is known.
 * @param roles of all dependencies: it is an argument so that a dependency without a role does not compile
 */
export function createCacheValidator<Deps extends ComparedDeps>(
  deps: Deps,
  roles: CacheRoles<NoInfer<Deps>>,
  requirement: ReadRequirement,
): Validated<Deps> {
  const reader = createRequestReader((work) => deps.router.withReadNode(requirement, work))
  const nowMs = deps.clock()
  const { clock, validity } = createRequestClock(nowMs)
  const used: { session?: ReadSession; kafkaLogs: Promise<KafkaBounds>[]; isComparable: boolean } = {
    kafkaLogs: [],
    isComparable: true,
  }
  const uncacheable = <T extends object>(dependency: T): T =>
    guard(dependency, () => {
      used.isComparable = false
    })
  const read: Read = (query) =>
    reader.read((session) => {
      used.session = session
      return query(session)
    })
  const kafkaBounds: ReadKafkaBounds = (topic, sinceMs) => {
    const bounds = deps.kafkaBounds(topic, sinceMs)
    if (topic === deps.topic) used.kafkaLogs.push(bounds)
    else used.isComparable = false
    return bounds
  }
  const handles = {
    ...guardAll(deps, roles, uncacheable),
    topic: deps.topic,
    read,
    readPrimary: uncacheable(createPrimaryReader(deps.router)),
    kafkaBounds,
    clock,
  } as Handles<Deps>
  const cacheValidator: CacheValidator = {
    askedAtMs: performance.now(),
    async matches(validator) {
      if (!includes(validator.validity, nowMs)) return false
      const kafka = validator.kafkaLogs === null ? null : kafkaBounds(deps.topic)
      try {
        const { node, position } = await read((session) => Promise.resolve(session))
        const kafkaLogs = kafka === null ? null : textOf(await kafka)
        return node === validator.node && position === validator.position && kafkaLogs === validator.kafkaLogs
      } catch {
        // The question itself fails for the same reason, and says it.
        return false
      }
    },
    async used() {
      const { session, isComparable } = used
      // Where logs moved while the answer was made, no one state of them stands for it.
      const [kafkaLogs = null, ...others] = new Set((await Promise.all(used.kafkaLogs)).map(textOf))
      if (session === undefined || !isComparable || others.length > 0) return null
      const { node, position, replicaLagMs } = session
      return { node, position, replicaLagMs: replicaLagMs ?? 0, kafkaLogs, validity: validity() }
    },
  }
  return { handles, cacheValidator, close: reader.close }
}

/** Whatever is not declared as fixed or compared, at run time too. */
function guardAll<Deps extends ComparedDeps>(
  deps: Deps,
  roles: CacheRoles<Deps>,
  uncacheable: <T extends object>(dependency: T) => T,
): Record<string, unknown> {
  const entries = Object.entries(deps) as [keyof Deps & string, unknown][]
  const given = entries.filter(([key]) => (roles[key] as string | undefined) !== 'compared')
  return Object.fromEntries(given.map(([key, value]) => [key, isObject(value) ? uncacheable(value) : value]))
}

const isObject = (value: unknown): value is object =>
  (typeof value === 'object' && value !== null) || typeof value === 'function'

const includes = ({ fromMs, untilMs }: Validity, atMs: number): boolean => fromMs <= atMs && atMs < untilMs

/** Everything that is known of them, since an answer may say any of it. */
const textOf = (bounds: KafkaBounds): string =>
  JSON.stringify(bounds, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value))

import { createPrimaryReader, type Read, type RequestReader } from '../../db/nodes/request-reader.ts'
import type { ReadSession } from '../../db/nodes/snapshot.ts'
import type { ApiDeps } from './context.ts'
import type { KafkaBounds } from './parts.ts'

/** What an answer was made of: the same once more gives the same answer. */
export type Basis = {
  /** The node, and how far it had written or replayed at least. */
  node: string
  position: bigint
  replicaLagMs: number
  /** The logs of the partitions in Kafka; null: the answer does not speak of them. */
  kafkaLogs: string | null
  /** Ranges end with the current minute, and buckets are complete by the minute. */
  minute: number
}

/** The parts that resolvers ask; which of them they asked is remembered. */
type Parts = Pick<ApiDeps, 'kafkaBounds' | 'workflowStatus' | 'readBack' | 'runs'> & {
  read: Read
  readPrimary: Read
}

export type AnswerBasis = {
  parts: Parts
  /** When the request came, milliseconds of a clock that nobody sets. */
  askedAtMs: number
  /**
   * What the answer would be made of now, `withKafka` if it speaks of Kafka. Opens the request's snapshot. Null: no node
   * serves.
   */
  now(withKafka: boolean): Promise<Basis | null>
  /** What the answer was made of. Null: of more than can be compared, or of nothing. */
  used(): Promise<Basis | null>
}

/** Parts other than the request's snapshot and the logs in Kafka make an answer that cannot be given again. */
export function createBasis({
  deps,
  reader,
  nowMs,
}: {
  deps: ApiDeps
  reader: RequestReader
  nowMs: number
}): AnswerBasis {
  let session: ReadSession | null = null
  let bounds: Promise<KafkaBounds> | null = null
  let isComparable = true
  const beyond = <T>(part: T): T => {
    isComparable = false
    return part
  }
  const read: Read = (query) =>
    reader.read((opened) => {
      session = opened
      return query(opened)
    })
  const kafkaBounds: ApiDeps['kafkaBounds'] = (...asked) => {
    bounds = deps.kafkaBounds(...asked)
    return bounds
  }
  const basisOf = async ({ node, position, replicaLagMs }: ReadSession): Promise<Basis> => ({
    node,
    position,
    replicaLagMs: replicaLagMs ?? 0,
    kafkaLogs: bounds === null ? null : textOf(await bounds),
    minute: Math.floor(nowMs / 60_000),
  })
  return {
    parts: {
      read,
      kafkaBounds,
      readPrimary: (query) => beyond(createPrimaryReader(deps.router))(query),
      workflowStatus: (topic) => beyond(deps.workflowStatus)(topic),
      readBack: (...request) => beyond(deps.readBack)(...request),
      runs: {
        replayRun: (id) => beyond(deps.runs).replayRun(id),
        redriveRun: (id) => beyond(deps.runs).redriveRun(id),
      },
    },
    askedAtMs: performance.now(),
    now: async (withKafka) => {
      if (withKafka) void kafkaBounds(deps.topic)
      try {
        return await basisOf(await read((opened) => Promise.resolve(opened)))
      } catch {
        // The question fails of it, and says why.
        return null
      }
    },
    used: async () => (session === null || !isComparable ? null : await basisOf(session)),
  }
}

/** Everything that is known of them, since an answer may say any of it. */
const textOf = (bounds: KafkaBounds): string =>
  JSON.stringify(bounds, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value))

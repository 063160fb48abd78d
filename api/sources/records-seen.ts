import { positionOf } from '../../db/read/ledger/answer-position.ts'
import { type NamedOffset, readNamedOffsets } from '../../db/read/ledger/named-offsets.ts'
import { readCountedEvents } from '../../db/read/rows/counted-events.ts'
import { type PartitionProgress, readProgress } from '../../db/read/ledger/progress.ts'
import { readMicrosOf } from '../../db/read/counts/answer-point.ts'
import { readSetsReach, type SetsReach } from '../../db/read/engagement/pending-sightings.ts'
import type { ReadToken } from '../../db/nodes/read-token.ts'
import type { Read } from '../../db/nodes/request-reader.ts'
import { readToken, type ReadSession } from '../../db/nodes/snapshot.ts'
import {
  type AnswerPosition,
  includesPosition,
  offsetsMissing,
} from '../../domain/pipeline/answer-position.ts'
import { formatKafkaPosition, type KafkaPosition } from '../../domain/pipeline/kafka-position.ts'
import { fateInLog } from '../../domain/pipeline/named-record.ts'
import { logsFor } from '../context/freshness.ts'
import type { NamedRecords } from '../context/named-records.ts'
import type { RecordSeen } from '../context/record-seen.ts'
import type { KafkaBounds, ReadKafkaBounds } from '../context/source-types.ts'

/** What one look at the database and at Kafka shows of records. */
export type Sight = {
  /** Where each of the records is that were looked for. */
  of: (records: NamedRecords) => RecordSeen[]
  /** What counts included. */
  position: AnswerPosition
  /** Null: it was not looked for. */
  sets: SeenSets | null
  /** Whether it was the primary: nothing that is decided may still be on its way. */
  isLatest: boolean
}

/** How far the sets of users, devices and addresses are; nodes that show `shown` have them as far. */
type SeenSets = SetsReach & { shown: ReadToken }

export type Wanted = NamedRecords & {
  /** Whether to look for what is in the sets. */
  areSetsRead: boolean
}

export type LookFor = (wanted: Wanted) => Promise<Sight>

/** @param read reads the primary, or another node while that is away */
export const createLook =
  (topic: string, read: Read, kafkaBounds: ReadKafkaBounds): LookFor =>
  async ({ offsets, events, answers, areSetsRead }) => {
    const { places, counted, progress, writtenAt, sets, source } = await read(async (session) => ({
      source: session.source,
      places: await readNamedOffsets(session, offsets),
      counted: await readCountedEvents(session, topic, events),
      progress: await readProgress(session, topic),
      writtenAt: areSetsRead ? await readTimesOf(session, answers) : noTimes,
      sets: areSetsRead ? await readSets(session) : null,
    }))
    const kafka = await logsWith(offsets, topic, progress, kafkaBounds)
    const seen = new Map(
      offsets.map((offset, i) => [
        formatKafkaPosition(offset),
        offsetSeen(offset, places[i] ?? unread, progress, kafka),
      ]),
    )
    const position = positionOf(topic, progress)
    return {
      of: ({ offsets: named, events: ids, answers: earlier }) => [
        ...named.flatMap((offset) => seen.get(formatKafkaPosition(offset)) ?? []),
        ...ids.map((id) => eventSeen(id, counted)),
        ...earlier.map((answer) => ({
          ...answerSeen(answer, position),
          writtenAt: writtenAt.get(answer) ?? null,
        })),
      ],
      position,
      sets,
      isLatest: source === 'primary',
    }
  }

const unread: NamedOffset = { fate: 'unread', writtenAt: null }

/** When the latest of what answers included was written, in microseconds since 1970. */
type Times = ReadonlyMap<AnswerPosition, bigint>

const noTimes: Times = new Map()

async function readTimesOf(session: ReadSession, answers: readonly AnswerPosition[]): Promise<Times> {
  const times = new Map<AnswerPosition, bigint>()
  for (const answer of answers) times.set(answer, await readMicrosOf(session, answer))
  return times
}

/** The token comes second, so that it is beyond everything that the snapshot shows. */
const readSets = async (session: ReadSession): Promise<SeenSets> => ({
  ...(await readSetsReach(session)),
  shown: await readToken(session),
})

/** The logs of the topic. A partition that they lack may be a moment old: then Kafka is asked again. */
async function logsWith(
  offsets: readonly KafkaPosition[],
  topic: string,
  progress: readonly PartitionProgress[],
  kafkaBounds: ReadKafkaBounds,
): Promise<KafkaBounds> {
  const kafka = await logsFor(kafkaBounds, topic, Promise.resolve(progress))
  const known = kafka.ok ? [...kafka.bounds, ...progress] : null
  const isNew = offsets.some(({ partition }) => known?.every((one) => one.partition !== partition) ?? false)
  return isNew ? await kafkaBounds(topic, performance.now()) : kafka
}

function offsetSeen(
  { topic, partition, offset }: KafkaPosition,
  { fate, writtenAt }: NamedOffset,
  progress: readonly PartitionProgress[],
  kafka: KafkaBounds,
): RecordSeen {
  const what = `offset ${offset} of ${topic}/${partition}`
  const row = progress.find((one) => one.partition === partition)
  const nextOffset = row?.next_offset ?? null
  const behind = nextOffset === null ? null : offset + 1n - nextOffset
  if (!kafka.ok) return { what, fate, behind, writtenAt, ...noLog }
  const log = kafka.bounds.find((one) => one.partition === partition) ?? null
  const end = log === null ? noLog : { logEnd: log.end, isUnwritten: offset >= log.end }
  if (row === undefined)
    return log === null
      ? { what, fate: 'no_partition', behind: null, writtenAt, ...end }
      : { what, fate, behind: offset + 1n - log.start, writtenAt, ...end }
  const position = { topicId: row.topic_id, nextOffset: row.next_offset, isRetired: row.is_retired }
  return { what, fate: fateInLog(offset, fate, log, position), behind, writtenAt, ...end }
}

const noLog = { logEnd: null, isUnwritten: false }

const eventSeen = (id: string, counted: ReadonlyMap<string, bigint>): RecordSeen => ({
  what: `the event ${JSON.stringify(id)}`,
  fate: counted.has(id) ? 'login' : 'never_seen',
  behind: null,
  writtenAt: counted.get(id) ?? null,
  ...noLog,
})

const answerSeen = (answer: AnswerPosition, position: AnswerPosition): Omit<RecordSeen, 'writtenAt'> => ({
  what: 'what an earlier answer included',
  fate: includesPosition(position, answer) ? 'login' : 'unread',
  behind: offsetsMissing(position, answer),
  ...noLog,
})

import type { TopicRetention } from '../../domain/pipeline/unread-retention.ts'
import { type Broker, READ_UNCOMMITTED, sendRaw } from '../kafkajs-internals.ts'
import { int32, string, WireReader } from '../records/wire.ts'
import { isDenied, TOPIC_RESOURCE } from './topic-limits.ts'

/** Where a partition goes on reading. */
export type Place = { partition: number; offset: bigint }

const SETTINGS = ['cleanup.policy', 'retention.ms', 'retention.bytes']

/**
 * Reads what deletes records of a topic. Null: this client may not see its settings.
 * @throws kafkajs's errors
 */
export async function readTopicRetention(broker: Broker, topic: string): Promise<TopicRetention | null> {
  const resources = [{ type: TOPIC_RESOURCE, name: topic, configNames: SETTINGS }]
  try {
    const described = await broker.describeConfigs({ resources })
    const entries = described.resources[0]?.configEntries ?? []
    const values = new Map(entries.map(({ configName, configValue }) => [configName, configValue]))
    const limit = (name: string) => limitOf(values.get(name))
    if (!SETTINGS.every((name) => values.has(name))) return null
    return {
      deletes: (values.get('cleanup.policy') ?? '').split(',').includes('delete'),
      maxAgeMs: limit('retention.ms'),
      maxBytes: limit('retention.bytes'),
    }
  } catch (error) {
    if (isDenied(error)) return null
    throw error
  }
}

/** -1 stands for no limit. */
const limitOf = (value: string | undefined): number | null =>
  value === undefined || Number(value) < 0 ? null : Number(value)

/** A moment is found as exactly as this part of what has passed since, or to the second. */
const EXACTNESS = 1 / 100
const SECOND_MS = 1_000
/** More than are needed for a moment of 1970. */
const MOST_STEPS = 60

type Search = Place & { lowMs: number | null; highMs: number; stepMs: number; isDone: boolean }

/**
 * Finds the latest timestamp of each partition's log from its start to a place, Unix milliseconds: that of the record there, where
 * timestamps only rise. A leader tells the first offset that is not before a moment, so that the moment is searched for. A timestamp
 * after `nowMs` is `nowMs`. Partitions are left out that have no record there.
 * @param leader of all partitions
 * @throws kafkajs's errors
 */
export async function findTimestamps(
  leader: Broker,
  topic: string,
  places: readonly Place[],
  nowMs: number,
): Promise<Map<number, number>> {
  const searches = places.map((place): Search => ({
    ...place,
    lowMs: null,
    highMs: nowMs + 1,
    stepMs: SECOND_MS,
    isDone: false,
  }))
  for (let step = 0; step < MOST_STEPS; step++) {
    const open = searches.filter(({ isDone }) => !isDone)
    if (open.length === 0) break
    const asked = open.map((search) => ({ search, momentMs: nextMoment(search, nowMs) }))
    const found = await firstOffsets(
      leader,
      topic,
      asked.map(({ search: { partition }, momentMs }) => ({ partition, momentMs })),
    )
    for (const { search, momentMs } of asked)
      narrow(search, momentMs, found.get(search.partition) ?? null, nowMs)
  }
  return new Map(searches.flatMap(({ partition, lowMs }) => (lowMs === null ? [] : [[partition, lowMs]])))
}

const nextMoment = ({ lowMs, highMs, stepMs }: Search, nowMs: number): number =>
  lowMs === null ? Math.max(0, nowMs - stepMs) : Math.ceil((lowMs + highMs) / 2)

function narrow(search: Search, momentMs: number, found: Found | null, nowMs: number): void {
  if (found !== null && found.offset <= search.offset) search.lowMs = Math.min(found.timestampMs, nowMs)
  else search.highMs = momentMs
  search.stepMs *= 2
  const { lowMs, highMs } = search
  search.isDone =
    lowMs === null ? momentMs === 0 : highMs - lowMs <= Math.max(SECOND_MS, (nowMs - lowMs) * EXACTNESS)
}

type Found = { offset: bigint; timestampMs: number }

/** The first record of each partition that is not before a moment; partitions without one are left out. */
async function firstOffsets(
  leader: Broker,
  topic: string,
  asked: readonly { partition: number; momentMs: number }[],
): Promise<Map<number, Found>> {
  const partitions = asked.map(({ partition, momentMs }) => ({ partition, timestamp: String(momentMs) }))
  const { responses } = await leader.listOffsets({
    isolationLevel: READ_UNCOMMITTED,
    topics: [{ topic, partitions }],
  })
  const found = responses.flatMap((response) => response.partitions)
  return new Map(
    found
      .filter(({ offset }) => Number(offset) >= 0)
      .map(({ partition, offset, timestamp }) => [
        partition,
        { offset: BigInt(offset), timestampMs: Number(timestamp) },
      ]),
  )
}

/** https://kafka.apache.org/protocol#The_Messages_DescribeLogDirs */
const DESCRIBE_LOG_DIRS = 35
const VERSION = 1

/**
 * Reads the bytes of the log of each partition that a broker leads. Empty if the broker does not let this client see them, which takes
 * the right to describe the cluster.
 * @throws kafkajs's errors of the connection
 */
export async function readLogBytes(
  leader: Broker,
  topic: string,
  partitions: readonly number[],
): Promise<Map<number, number>> {
  const payload = await sendRaw(leader, {
    apiKey: DESCRIBE_LOG_DIRS,
    apiVersion: VERSION,
    apiName: 'DescribeLogDirs',
    body: Buffer.concat([int32(1), string(topic), int32(partitions.length), ...partitions.map(int32)]),
  })
  const reader = new WireReader(payload)
  reader.int32() // throttle time
  const logs = reader.array(() => {
    reader.int16() // error code: without topics then
    reader.string() // folder
    return reader.array(() => {
      reader.string() // topic
      return reader.array(() => decodeLog(reader))
    })
  })
  return new Map(
    logs
      .flat(2)
      .filter(({ isFuture }) => !isFuture)
      .map(({ partition, bytes }) => [partition, bytes]),
  )
}

const decodeLog = (reader: WireReader) => {
  const partition = reader.int32()
  const bytes = Number(reader.int64())
  reader.int64() // by how much a copy is behind
  return { partition, bytes, isFuture: reader.int8() !== 0 }
}

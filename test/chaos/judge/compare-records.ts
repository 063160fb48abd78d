import type { Expected } from '../../../generator/ground-truth.ts'
import { bodyOf, type Outputs, sourceOf } from '../../support/truth/compare-topics.ts'
import { compareTallies, type Difference } from '../../support/truth/difference.ts'
import { readTopic } from '../../support/kafka/read-topic.ts'
import type { RecordBook } from './record-book.ts'
import type { World } from '../world.ts'

/** Records by where they were sent to (`topic/partition/offset`). */
type Sent = ReadonlyMap<string, Expected>
/** A record as some place holds it: where it was sent to, and what is said of it. */
type Held = { source: string; content: string }

export type RecordVerdict = { lost: number; doubled: number; differences: Difference[] }

/** Follows every record to each place that holds it: rows in Postgres and outputs in Kafka. */
export async function compareRecords(
  { deployment }: World,
  outputs: Outputs,
  book: RecordBook,
): Promise<RecordVerdict> {
  const { sent, differences } = await readSent(deployment, book)
  const places = [
    comparePlace('login by record', sent, true, await loginRows(deployment)),
    comparePlace('processed-data by record', sent, true, outputs.logins.map(publishedLogin)),
    comparePlace('rejected_login by record', sent, false, await rejectRows(deployment)),
    comparePlace('user-login-dlq by record', sent, false, outputs.rejects.map(deadLetter)),
  ]
  return {
    lost: new Set(places.flatMap(({ lost }) => lost)).size,
    doubled: new Set(places.flatMap(({ doubled }) => doubled)).size,
    differences: [...differences, ...places.flatMap((place) => place.differences)],
  }
}

/** Where the records of the book are; Kafka must hold each of them once and no others. */
async function readSent({ kafka, config }: World['deployment'], book: RecordBook) {
  const { topic } = config.kafka
  const records = await readTopic(kafka, topic)
  const held = records.map(({ key }) => ({ source: key ?? '', content: 'sent' }))
  const { differences } = compareContents(
    'user-login by key',
    new Map(Array.from(book.byKey.keys(), (key) => [key, 'sent'])),
    held,
  )
  const sent = new Map<string, Expected>()
  for (const { key, partition, offset } of records) {
    const expected = book.byKey.get(key ?? '')
    if (expected !== undefined) sent.set(`${topic}/${partition}/${offset}`, expected)
  }
  return { sent, differences }
}

function comparePlace(where: string, sent: Sent, isForLogins: boolean, held: readonly Held[]) {
  const expected = [...sent].filter(([, { ok }]) => ok === isForLogins)
  return compareContents(where, new Map(expected.map(([source, one]) => [source, contentOf(one)])), held)
}

function compareContents(where: string, expected: ReadonlyMap<string, string>, held: readonly Held[]) {
  const found = Map.groupBy(held, ({ source }) => source)
  const contents = Array.from(found, ([source, all]) => [source, describeAll(all)] as const)
  return {
    lost: [...expected.keys()].filter((source) => !found.has(source)),
    doubled: [...found].filter(([, all]) => all.length > 1).map(([source]) => source),
    differences: compareTallies(where, expected, new Map(contents)),
  }
}

const describeAll = (held: readonly Held[]): string => held.map(({ content }) => content).join(' and ')

const contentOf = (expected: Expected): string => {
  if (!expected.ok) return expected.reason
  const { userId, eventTimeMs, deviceType, appVersion, locale, outcome } = expected.login
  return loginContent([userId, new Date(eventTimeMs), deviceType, appVersion, locale, outcome])
}

const loginContent = (fields: readonly (string | Date)[]): string => JSON.stringify(fields)

function publishedLogin(record: Outputs['logins'][number]): Held {
  const { user_id, event_time, device_type, app_version, locale, outcome } = bodyOf(record)
  const fields = [user_id, new Date(event_time), device_type, app_version, locale, outcome]
  return { source: sourceOf(record), content: loginContent(fields) }
}

const deadLetter = (record: Outputs['rejects'][number]): Held => ({
  source: sourceOf(record),
  content: record.headers['rollcall-reason'] ?? '',
})

async function loginRows({ sql, config }: World['deployment']): Promise<Held[]> {
  const rows = await sql<{ source: string; fields: (string | Date)[] }[]>`
    select concat_ws('/', ${config.kafka.topic}::text, kafka_partition, kafka_offset) as source,
           json_build_array(user_id, to_char(event_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), device_type,
                            app_version, locale, outcome) as fields
    from login`
  return rows.map(({ source, fields }) => ({ source, content: loginContent(fields) }))
}

async function rejectRows({ sql }: World['deployment']): Promise<Held[]> {
  return await sql<Held[]>`
    select concat_ws('/', topic, partition, kafka_offset) as source, reason as content
    from rejected_login where redriven_in is null`
}

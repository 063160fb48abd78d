import type { Sql } from '../../../db/connection/connect.ts'
import type { GroundTruth } from '../../../generator/ground-truth.ts'
import { compareTallies, type Difference, sumTally, tally } from './difference.ts'
import { bucketOf, countName, expectedCounts } from './expected-counts.ts'
import type { OpenDeployment } from '../deployment/open-deployment.ts'
import { readTopic, type TopicRecord } from '../kafka/read-topic.ts'

export type Outputs = { logins: TopicRecord[]; insights: TopicRecord[]; rejects: TopicRecord[] }

/** All that a `read_committed` reader sees of what was published. */
export async function readOutputs({
  kafka,
  config,
}: Pick<OpenDeployment, 'kafka' | 'config'>): Promise<Outputs> {
  const processed = await readTopic(kafka, config.kafka.processedTopic)
  const ofType = (type: string) => processed.filter((record) => bodyOf(record).type === type)
  return {
    logins: ofType('login'),
    insights: ofType('insight'),
    rejects: await readTopic(kafka, config.kafka.dlqTopic),
  }
}

/** Where `processed-data` and the dead letter queue differ from the books, and insights from their table. */
export async function compareTopics(
  { logins, insights, rejects }: Outputs,
  sql: Sql,
  truth: GroundTruth,
): Promise<Difference[]> {
  const kept = await sql<{ body: string }[]>`select body::text from insight`
  // What became a login later stays in the dead letter queue as well.
  const redriven = await sql<{ reason: string; source: string }[]>`
    select reason, concat_ws('/', topic, partition, kafka_offset) as source from rejected_login where redriven_in is not null`
  const sources = [...logins, ...rejects].map(sourceOf)
  return [
    ...compareTallies('processed-data', expectedCounts(truth, 'minute'), tally(logins.map(nameOfLogin))),
    ...compareTallies(
      'user-login-dlq',
      sumTally([...truth.rejectsByReason(), ...redriven.map(({ reason }) => [reason, 1] as const)]),
      tally(rejects.map(({ headers }) => headers['rollcall-reason'] ?? '')),
    ),
    ...compareTallies(
      'outputs by source',
      tally([...new Set(sources), ...redriven.map(({ source }) => source)]),
      tally(sources),
    ),
    ...compareTallies(
      'insights',
      tally(kept.map(({ body }) => body)),
      tally(insights.map(({ value }) => value?.toString() ?? '')),
    ),
  ]
}

/** `topic/partition/offset` of the record that was read. */
export const sourceOf = ({ headers }: TopicRecord): string => headers['rollcall-source'] ?? ''

/** What was published of a login. */
export type PublishedLogin = {
  type: string
  user_id: string
  event_time: string
  device_type: string
  app_version: string
  locale: string
  outcome: string
}

export const bodyOf = ({ value }: TopicRecord): PublishedLogin =>
  JSON.parse(value?.toString() ?? '{}') as PublishedLogin

function nameOfLogin(record: TopicRecord): string {
  const body = bodyOf(record)
  return countName({
    bucket: bucketOf(body.event_time, 'minute'),
    deviceType: body.device_type,
    appVersion: body.app_version,
    locale: body.locale,
    outcome: body.outcome,
  })
}

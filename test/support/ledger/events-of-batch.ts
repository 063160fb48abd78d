import { expect } from 'vitest'
import { createReadBack } from '../../../api/sources/read-back.ts'
import type { Kafka } from '../../../kafka/client.ts'
import { readRecords } from '../../../kafka/read/read-records.ts'
import { type Answer, createApi, refusalIn } from '../api/api-fixture.ts'
import type { Deployment } from '../deployment/deployment.ts'

export type Ask = (query: string) => Promise<Answer>
export type Event = { offset: string; attempt: object | null; reject: object | null }
type Page = {
  source: string
  nodes: Event[]
  pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; endCursor: string }
  totalCount: object
}

const ATTEMPT = `{ partition offset batchId eventAt userId deviceId ip ipScope locale localeKind appVersion deviceType outcome
  eventId failureReason sessionId extra }`

/** The API of a deployment; `kafka` is where it reads batches back. */
export function askOf({ config }: Deployment, kafka: Kafka): { ask: Ask; close: () => Promise<void> } {
  const readBack = createReadBack({
    readRecords: (range, limit) => readRecords(kafka, range, limit),
  })
  const api = createApi({ url: config.database.url, replicaUrls: [] }, { readBack })
  return { ask: api.ask, close: () => api.router.close() }
}

/** The answer to a question that is no error. */
export async function answer<T>(ask: Ask, query: string): Promise<T> {
  const { data, errors } = await ask(`{ result: ${query} }`)
  expect(errors).toBeUndefined()
  return data?.result as T
}

/** A page of the events of a batch. */
export const eventsPage = async (ask: Ask, id: bigint, args: string) => {
  const { events } = await answer<{ events: Page }>(
    ask,
    `batch(batchId: "${id}") { events(${args}) {
      source nodes { offset attempt ${ATTEMPT} reject { reason detail } }
      pageInfo { hasNextPage hasPreviousPage endCursor } totalCount { value precision } } }`,
  )
  return events
}

/** The code of the error at the events of a batch. */
export async function codeOf(ask: Ask, id: bigint, args: string): Promise<unknown> {
  const { data, errors } = await ask(`{ batch(batchId: "${id}") { batchId events(${args}) { source } } }`)
  expect(data?.batch).toEqual({ batchId: String(id), events: null })
  return refusalIn(errors).code
}

/** All events of a batch, page after page. */
export async function allEvents(
  ask: Ask,
  id: bigint,
  first: number,
): Promise<{ sources: Set<string>; events: Event[] }> {
  const events: Event[] = []
  const sources = new Set<string>()
  for (let after = '', end = ''; ; after = `, after: "${end}"`) {
    const page = await eventsPage(ask, id, `first: ${first}${after}`)
    expect(page.pageInfo.hasPreviousPage).toBe(events.length > 0)
    events.push(...page.nodes)
    sources.add(page.source)
    end = page.pageInfo.endCursor
    if (page.pageInfo.hasNextPage) continue
    expect(page.totalCount).toEqual({ value: events.length, precision: 'EXACT' })
    return { sources, events }
  }
}

type FateInLog = {
  fate: string
  batch: { batchId: string } | null
  attempt: object | null
  reject: object | null
}

/** What became of an offset of the first partition, in each log that the topic has had. */
export async function fatesOf(ask: Ask, topic: string, offset: bigint): Promise<FateInLog[]> {
  const { logs } = await answer<{ logs: FateInLog[] }>(
    ask,
    `offsetFate(topic: "${topic}", partition: 0, offset: "${offset}") { logs {
      fate batch { batchId } attempt ${ATTEMPT} reject { reason detail } } }`,
  )
  return logs
}

import { HOST } from '../../stack/processes/ports.ts'
import { percentiles, type Latencies } from '../paced/latency.ts'
import type { HistorySize } from '../history/history-size.ts'
import type { Question } from './question.ts'

/** How long a client waited for an answer, and how large it was. */
type Asked = { ms: number; rows: number; bytes: number }

/** The answers to one question together. Rows and bytes are those of the largest answer. */
export type Timing = { ms: Latencies; rows: number; bytes: number }

const TIMEOUT_MS = 60_000

/**
 * Asks over HTTP.
 * @throws {Error} when the answer is an error, also when it is one of the schema's error types
 */
export async function ask(
  port: number,
  { query, variables }: Question,
  time: number,
  size: HistorySize,
): Promise<Asked> {
  // A variable that the query does not use makes the request a new one for the API's cache of responses.
  const body = JSON.stringify({ query, variables: { ...variables(time, size), asked: time } })
  const startMs = performance.now()
  const response = await fetch(`http://${HOST}:${port}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
    signal: AbortSignal.timeout(TIMEOUT_MS),
  })
  const text = await response.text()
  const ms = performance.now() - startMs
  const answer = JSON.parse(text) as { data?: Record<string, unknown> | null; errors?: unknown }
  const failure = failureOf(answer)
  if (failure !== null) throw new Error(failure)
  return { ms, rows: rowsOf(answer.data), bytes: Buffer.byteLength(text) }
}

/** Asks `repeat` times, by `clients` clients at once. `first` is the number of the first time. */
export async function askOften(
  port: number,
  question: Question,
  size: HistorySize,
  { first, repeat, clients }: { first: number; repeat: number; clients: number },
): Promise<Timing> {
  const answers: Asked[] = []
  let asked = 0
  const client = async () => {
    while (asked < repeat) answers.push(await ask(port, question, first + asked++, size))
  }
  await Promise.all(Array.from({ length: clients }, client))
  return {
    ms: percentiles(Float64Array.from(answers, ({ ms }) => ms)),
    rows: Math.max(...answers.map(({ rows }) => rows)),
    bytes: Math.max(...answers.map(({ bytes }) => bytes)),
  }
}

/** Says what is wrong with an answer. Null: nothing. */
export function failureOf({
  data,
  errors,
}: {
  data?: Record<string, unknown> | null
  errors?: unknown
}): string | null {
  if (errors !== undefined) return JSON.stringify(errors)
  const answers = Object.values(data ?? {})
  return answers.length === 0 || answers.includes(null) ? JSON.stringify(data ?? null) : null
}

/**
 * Counts the rows of an answer: the elements of its innermost lists. An element whose own lists are all empty
 * counts as one row, and so does an answer without any list.
 */
export function rowsOf(answer: unknown): number {
  return lists(answer) ?? 1
}

/** Null: the value holds no list. */
function lists(value: unknown): number | null {
  if (typeof value !== 'object' || value === null) return null
  if (Array.isArray(value)) return value.reduce<number>((sum, one) => sum + Math.max(1, lists(one) ?? 1), 0)
  const inner = Object.values(value).flatMap((one) => lists(one) ?? [])
  return inner.length === 0 ? null : inner.reduce((sum, rows) => sum + rows, 0)
}

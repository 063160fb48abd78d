import type { Graphql } from '../api/graphql-client.ts'
import type { Rows } from './raw-events.ts'

/** One question, asked of the API and of the raw messages; both answers as lines of text. */
export type TruthQuestion = {
  name: string
  api: (ask: Graphql) => Promise<string[]>
  raw: string
}

/** ISO 8601; `to` is not in it. */
export type Range = { from: string; to: string }
export const line = (...values: unknown[]) => values.map(String).join(' | ')
/** A moment as DuckDB prints one of UTC, to the second. */
export const at = (iso: string) => iso.slice(0, 19).replace('T', ' ')
/** An enum's value as it is stored. */
export const stored = (value: string | null) =>
  value === 'IOS'
    ? 'iOS'
    : /^(ANDROID|UNKNOWN|SUCCESS|FAILURE)$/.test(value ?? '')
      ? value?.toLowerCase()
      : value

/** The answer to a query of one field. */
export async function answerTo<T>(ask: Graphql, query: string): Promise<T> {
  const [answer] = Object.values(await ask(query)) as T[]
  if (answer === undefined) throw new Error(`${query}: no answer`)
  return answer
}

/** ISO 8601 to the second, of Unix milliseconds. */
export const isoOf = (ms: number) => new Date(ms).toISOString().replace('.000', '')

/** Lines of the only column of a DuckDB answer. */
export const linesOf = (rows: Rows): string[] => rows.map((row) => String(Object.values(row)[0]))

const without = (lines: readonly string[], others: readonly string[]): string[] => {
  const known = new Set(others)
  return lines.filter((one) => !known.has(one))
}

/** What is answered otherwise than the raw messages have it, in words. */
export async function wrongAnswers(
  ask: Graphql,
  raw: (sql: string) => Promise<Rows>,
  questions: readonly TruthQuestion[],
): Promise<string[]> {
  const found: string[] = []
  for (const { name, api, raw: sql } of questions) {
    const [answered, expected] = [(await api(ask)).sort(), linesOf(await raw(sql)).sort()]
    const missing = without(expected, answered)
    const wrong = without(answered, expected)
    if (expected.length === 0) found.push(`${name}: nothing to compare`)
    if (missing.length + wrong.length > 0 || answered.length !== expected.length)
      found.push(`${name}: expected ${missing.slice(0, 3).join('; ')}, found ${wrong.slice(0, 3).join('; ')}`)
  }
  return found
}

import { HOST } from '../../stack/processes/ports.ts'
import type { Subject } from '../drain/subject.ts'

/** Returns how many logins a reader sees now. */
export type Visible = () => Promise<number>

const REQUEST_TIMEOUT_MS = 5_000
/** What this version understands, and what versions up to 0.3.1 do. */
const QUERIES = [
  '{ measures(bucket: MONTH) { total { attempts } } }',
  '{ loginCounts(bucket: MONTH) { ... on LoginCounts { series { attempts: total } } } }',
]

/** Asks the API as a client does: by GraphQL over HTTP, which reads the replica. */
export function visibleInGraphql(port: number): Visible {
  let understood = QUERIES
  return async () => {
    for (const query of understood) {
      const answer = await answerOf(port, query)
      const attempts = /"attempts":(\d+)/.exec(answer)?.[1]
      if (attempts === undefined) continue
      understood = [query]
      return Number(attempts)
    }
    throw new Error('GraphQL does not say how many attempts are counted')
  }
}

async function answerOf(port: number, query: string): Promise<string> {
  const response = await fetch(`http://${HOST}:${port}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
    signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
  })
  return await response.text()
}

/** Reads the counts of the baseline, which has no API, from the primary. */
export const visibleInPostgres =
  (subject: Subject): Visible =>
  async () => {
    const [row] = await subject.sql<{ logins: number }[]>`
      select coalesce(sum(logins), 0)::float8 as logins from login_count`
    return row?.logins ?? 0
  }

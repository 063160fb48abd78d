import { HOST } from '../../stack/processes/ports.ts'
import type { Subject } from '../drain/subject.ts'

/** Returns how many logins a reader sees now. */
export type Visible = () => Promise<number>

const REQUEST_TIMEOUT_MS = 5_000
const QUERY =
  '{ loginCounts(bucket: MONTH) { ... on LoginCounts { series { total } } ... on Error { message } } }'

/** Asks the API as a client does: by GraphQL over HTTP, which reads the replica. */
export const visibleInGraphql =
  (port: number): Visible =>
  async () => {
    const response = await fetch(`http://${HOST}:${port}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: QUERY }),
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    })
    const answer = (await response.json()) as { data?: { loginCounts?: { series?: { total: number }[] } } }
    const logins = answer.data?.loginCounts?.series?.[0]?.total
    if (logins === undefined) throw new Error(`GraphQL answered ${JSON.stringify(answer)}`)
    return logins
  }

/** Reads the counts of the baseline, which has no API, from the primary. */
export const visibleInPostgres =
  (subject: Subject): Visible =>
  async () => {
    const [row] = await subject.sql<{ logins: number }[]>`
      select coalesce(sum(logins), 0)::float8 as logins from login_count`
    return row?.logins ?? 0
  }

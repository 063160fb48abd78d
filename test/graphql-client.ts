import { eventually } from './eventually.ts'
import type { RoleProcess } from './role-process.ts'

/** Asks the API and returns `data`. */
export type Graphql = (query: string, variables?: Record<string, unknown>) => Promise<Record<string, unknown>>

/** A client of an API process, once it listens. Any GraphQL error makes it throw. */
export async function graphqlOf(api: RoleProcess): Promise<Graphql> {
  const url = await eventually(() => {
    const line = api.log().find(({ port }) => typeof port === 'number')
    if (line === undefined) throw new Error('the API has not said where it listens')
    return `http://127.0.0.1:${String(line['port'])}/graphql`
  }, 30_000)
  return async (query, variables = {}) => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-rollcall-actor': 'tester' },
      body: JSON.stringify({ query, variables }),
    })
    const { data, errors } = (await response.json()) as { data: Record<string, unknown>; errors?: unknown }
    if (errors !== undefined) throw new Error(JSON.stringify(errors))
    return data
  }
}

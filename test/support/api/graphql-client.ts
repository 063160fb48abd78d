import { HOST } from '../../../stack/processes/ports.ts'
import { eventually } from '../eventually.ts'
import type { RoleProcess } from '../deployment/role-process.ts'

/** Asks the API and returns `data`. */
export type Graphql = (query: string, variables?: Record<string, unknown>) => Promise<Record<string, unknown>>

/** A client of an API process, once it listens. Any GraphQL error makes it throw. */
export const graphqlOf = async (api: RoleProcess): Promise<Graphql> => graphqlAt(await portOf(api))

/** The port of an API process, once it listens. */
export const portOf = (api: RoleProcess): Promise<number> =>
  eventually(() => {
    // The second is how 0.4.0 said it.
    const port = api
      .log()
      .map((entry) => entry['server.port'] ?? entry['port'])
      .find((value) => typeof value === 'number')
    if (port === undefined)
      throw new Error(`the API has not said where it listens, but ${JSON.stringify(api.log().slice(-3))}`)
    return port
  })

/** A client of the API on a port of this machine. Any GraphQL error makes it throw. */
export function graphqlAt(port: number): Graphql {
  return async (query, variables = {}) => {
    const response = await fetch(`http://${HOST}:${port}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-rollcall-actor': 'tester' },
      body: JSON.stringify({ query, variables }),
      signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
    })
    const { data, errors } = (await response.json()) as { data: Record<string, unknown>; errors?: unknown }
    if (errors !== undefined) throw new Error(JSON.stringify(errors))
    return data
  }
}

/** Longer than any command takes; an API that is frozen answers nothing at all. */
const ANSWER_TIMEOUT_MS = 30_000

import { afterAll, beforeAll, expect, inject } from 'vitest'
import type { Sql } from '../../../db/connection/connect.ts'
import { asRole } from '../../../stack/as-role.ts'
import {
  type Ask,
  createApi,
  createDatabase,
  type Refusal,
  refusalIn,
  type TestDatabase,
} from './api-fixture.ts'

/**
 * For the tests of a file: a database of their own, filled once, and the API on it.
 * @param parts of createApi
 */
export function useApi(fill: (sql: Sql) => Promise<unknown>, parts: Parameters<typeof createApi>[1] = {}) {
  let database: TestDatabase
  let ask: Ask
  let close: () => Promise<void>

  beforeAll(async () => {
    const primaryUrl = inject('databaseUrl')
    database = await createDatabase(primaryUrl)
    await fill(database.sql)
    const api = createApi({ url: asRole(database.urlOn(primaryUrl), 'api'), replicaUrls: [] }, parts)
    ask = api.ask
    close = () => api.router.close()
  })
  afterAll(async () => {
    await close()
    await database.drop()
  })

  return {
    sql: () => database.sql,
    ask: ((...question) => ask(...question)) satisfies Ask,
    /** The answer to a query of one field, which must not fail. */
    field: async <T>(query: string, variables?: object): Promise<T> => {
      const { data, errors } = await ask(query, variables)
      expect(errors).toBeUndefined()
      return Object.values(data ?? {})[0] as T
    },
    /** Why a query of one field is refused: the message, the code and what comes with it. */
    refusal: async (query: string, variables?: object): Promise<Refusal> => {
      const { data, errors } = await ask(query, variables)
      expect(Object.values(data ?? {})).toEqual([null])
      expect(errors).toHaveLength(1)
      return refusalIn(errors)
    },
  }
}

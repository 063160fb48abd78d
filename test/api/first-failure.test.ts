import { expect, test } from 'vitest'
import { containedRead } from '../../db/nodes/contained-read.ts'
import type { ReadSession } from '../../db/nodes/snapshot.ts'
import { useApi } from '../support/api/use-api.ts'

const { sql } = useApi(() => Promise.resolve())

test('of statements that are sent at once, the failure of the first is told, whichever is waited for', async () => {
  const slow = async (session: ReadSession) => {
    const asked = async () => await session.sql`/* slow */ select pg_sleep(10)`
    return await Promise.all([asked()])
  }
  const read = sql().begin(async (tx) => {
    await tx`set local statement_timeout = 50`
    return await containedRead({ sql: tx } as unknown as ReadSession, (session) =>
      Promise.all([slow(session), session.sql`/* after it */ select 1`]),
    )
  })
  await expect(read).rejects.toMatchObject({ name: 'ReadFailure', kind: 'timeout' })
})

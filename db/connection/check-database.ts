import type { Sql } from './connect.ts'
import { assertDirectSession, isIndirect } from './direct-session.ts'
import { postgresFailure } from './failure.ts'
import { isRefusal } from './hint.ts'

/**
 * Looks at the database as a process starts, which goes on all the same while it is away, and when it refuses: a password or
 * a database may be mended on the server. `say` is told of a refusal once, or the log would only speak of waiting.
 * @throws {PipelineFailure} it is reached through a pooler: the same URL will never do
 */
export async function checkDatabase(sql: Sql, say: (message: string) => void): Promise<void> {
  try {
    await assertDirectSession(sql)
  } catch (error) {
    const failure = postgresFailure(error)
    if (isIndirect(failure)) throw failure
    if (isRefusal(error)) say(failure.message)
  }
}

import type { Sql } from './connect.ts'
import { assertDirectSession, isIndirect } from './direct-session.ts'
import { postgresFailure } from './failure.ts'
import { isRefusal } from './hint.ts'

/**
 * Checks the database when a process starts. The process goes on if the database is away, and also if it
 * refuses, because a wrong password or a missing database can be corrected on the server. `say` gets a
 * refusal once: later lines of the log only say that the process waits.
 * @throws {PipelineFailure} the URL leads to a pooler, which waiting does not change
 */
export async function checkDatabase(
  run: (work: (sql: Sql) => Promise<void>) => Promise<void>,
  say: (message: string) => void,
): Promise<void> {
  try {
    await run(assertDirectSession)
  } catch (error) {
    const failure = postgresFailure(error)
    if (isIndirect(failure)) throw failure
    if (isRefusal(error)) say(failure.message)
  }
}

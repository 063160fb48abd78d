import { setTimeout as sleep } from 'node:timers/promises'
import { SchemaRefusal } from '../../db/schema/schema-version.ts'

/** How long after a check the next one begins. */
const INTERVAL_MS = 5_000
/** How long a start waits for the first check. If the database is away, the API starts all the same. */
const FIRST_ANSWER_MS = 2_000

/**
 * Checks every few seconds whether this version of the API may read the database, which may be migrated while
 * the API runs.
 * @param check throws {SchemaRefusal} if this version may not; other errors, such as an outage, are ignored
 * @param refused called once, with the reason; no check follows it
 * @returns once the first check is done, after two seconds at most
 */
export async function watchDatabaseFit(
  check: () => Promise<void>,
  refused: (reason: string) => void,
): Promise<void> {
  const look = async () => {
    try {
      await check()
    } catch (error) {
      if (error instanceof SchemaRefusal) {
        refused(error.message)
        return
      }
    }
    setTimeout(() => void look(), INTERVAL_MS).unref()
  }
  await Promise.race([look(), sleep(FIRST_ANSWER_MS)])
}

import { setTimeout as sleep } from 'node:timers/promises'
import { SchemaRefusal } from '../../db/schema/schema-version.ts'

const INTERVAL_MS = 5_000
/** A start waits this long for the answer: with the database away the API serves what it can, and asks on. */
const FIRST_ANSWER_MS = 2_000

/**
 * Asks, now and then for as long as the process runs, whether this API may read the database: it may be migrated meanwhile.
 * @param check throws {SchemaRefusal} when it may not
 * @param refused is told why, once
 * @returns once the first answer is there, or the database is away
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

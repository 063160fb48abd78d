import { createKnownKeys, within } from '../activities/commands/known-keys.ts'
import type { RecordDeps } from '../activities/commands/record-command.ts'
import type { Sql } from '../db/connection/connect.ts'
import { recordControlEvent } from '../db/ledger/control-events.ts'
import { readRecordedCommands } from '../db/ledger/recorded-commands.ts'

/** Verifies who sent commands, by what the primary has; it reads the keys at once, and goes on without it. */
export function createAuthors(sql: Sql): RecordDeps {
  const keys = createKnownKeys(sql)
  void keys.preload()
  return {
    keys,
    recorded: async (commandId) => {
      const earlier = await within(readRecordedCommands(sql, commandId))
      return earlier === 'away' ? null : earlier
    },
    append: (event) => recordControlEvent(sql, event),
  }
}

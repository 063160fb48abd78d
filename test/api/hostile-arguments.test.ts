import { test } from 'vitest'
import { fewHostileOperations } from '../support/api/few-hostile-operations.ts'
import { tryHostile } from '../support/api/try-hostile.ts'

// Every value at every field that takes it: test/slow/hostile-arguments.test.ts.
test(
  'no argument of any question or command harms the API, and each command that is refused is in the audit',
  { timeout: 600_000 },
  async () => {
    await tryHostile(fewHostileOperations())
  },
)

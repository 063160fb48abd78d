import { test } from 'vitest'
import { hostileOperations } from '../support/api/hostile-arguments.ts'
import { tryHostile } from '../support/api/try-hostile.ts'

test(
  'no hostile value of any argument, at any question or command that takes it, harms the API',
  { timeout: 600_000 },
  async () => {
    await tryHostile(hostileOperations())
  },
)

import { test } from 'vitest'
import { START_STORY_TIMEOUT_MS, startTwice } from '../support/deployment/start-twice.ts'
import { cloneWithDownloads } from '../support/parts/clone.ts'

test(
  'a clone counts logins after npm start, ends without leftovers at Ctrl-C, and goes on where it stopped',
  { timeout: START_STORY_TIMEOUT_MS },
  async () => {
    await startTwice(await cloneWithDownloads())
  },
)

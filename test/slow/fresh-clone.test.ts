import { test } from 'vitest'
import { START_STORY_TIMEOUT_MS, startTwice } from '../support/deployment/start-twice.ts'
import { cloneProject } from '../support/parts/clone.ts'

test(
  'on a new machine npm start fetches packages and parts by itself, and does the same as anywhere',
  { timeout: START_STORY_TIMEOUT_MS },
  async () => {
    await startTwice(await cloneProject())
  },
)

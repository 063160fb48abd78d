import { recordTopics } from '../audit/record-topics.ts'
import { loadProcessConfig } from '../config/environment.ts'
import { ensureTopics } from '../kafka/topics/topics.ts'
import { runScript } from './run-script.ts'

// `npm run topics`: creates the topics that do not exist yet.
await runScript(async () => {
  const { kafka, database } = loadProcessConfig()
  const created = await ensureTopics(kafka)
  console.log(created.length === 0 ? 'all topics exist' : `created ${created.join(', ')}`)
  await recordTopics(database, created).catch((error: unknown) => {
    console.error(`the audit does not have it: ${error instanceof Error ? error.message : String(error)}`)
  })
})

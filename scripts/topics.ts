import { loadProcessConfig } from '../config/environment.ts'
import { ensureTopics } from '../kafka/topics/topics.ts'
import { runScript } from './run-script.ts'

// `npm run topics`: creates the topics that do not exist yet.
await runScript(async () => {
  const created = await ensureTopics(loadProcessConfig().kafka)
  console.log(created.length === 0 ? 'all topics exist' : `created ${created.join(', ')}`)
})

import { writeFile } from 'node:fs/promises'
import { printedSchema } from '../api/schema/printed-schema.ts'
import {
  baselineRefusal,
  packageVersion,
  readReleasedSchema,
  writeReleasedSchema,
} from './released-schema.ts'
import { runScript } from './run-script.ts'
import { schemaChanges } from './schema-changes.ts'

// `npm run schema`: writes schema.graphql and says how it differs from the released schema. With --baseline the schema becomes
// the released one, as a release does.
await runScript(async () => {
  const today = new Date().toISOString().slice(0, 'yyyy-mm-dd'.length)
  const sdl = printedSchema()
  await writeFile(new URL('../schema.graphql', import.meta.url), sdl)
  const released = await readReleasedSchema()
  const changes = schemaChanges(released.sdl, sdl, today)
  console.log(`schema.graphql beside that of ${released.version}:`)
  for (const one of changes.breaks) console.log(`  breaks: ${one}`)
  for (const one of changes.additions) console.log(`  adds: ${one}`)
  if (!process.argv.includes('--baseline')) return
  const next = { version: await packageVersion(), sdl }
  const refusal = baselineRefusal(released, next, changes, today)
  if (refusal !== null) throw new Error(refusal)
  await writeReleasedSchema(next)
  console.log(
    `docs/schema/released.graphql is that of ${next.version} now; CHANGELOG.md must name every break`,
  )
})

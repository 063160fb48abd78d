import { writeFile } from 'node:fs/promises'
import { productVersion } from '../config/product-version.ts'
import { hashMigrations, releasedFile, type ReleasedMigrations } from '../db/schema/released-migrations.ts'
import { schemaNumber } from '../db/schema/schema-version.ts'
import { runScript } from './run-script.ts'

// `npm run release-migrations`: makes the migrations of today those of the release before (docs/upgrades.md).
await runScript(async () => {
  const files = await hashMigrations()
  const schema = Math.max(...Object.keys(files).map(schemaNumber))
  const released: ReleasedMigrations = { version: productVersion(), schema, files }
  await writeFile(releasedFile, `${JSON.stringify(released, null, 2)}\n`)
  console.log(`the migrations of ${released.version} end with ${schema}`)
})

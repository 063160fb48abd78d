import { loadProcessConfig } from '../config/environment.ts'
import { migrateDatabase } from '../db/schema/migrate-database.ts'
import { runScript } from './run-script.ts'

// `npm run migrate`: brings the database to this version's schema. Safe to run again, and from several places
// at once.
await runScript(async () => {
  const applied = await migrateDatabase(loadProcessConfig().database)
  console.log(applied.length === 0 ? 'the database is up to date' : `applied ${applied.join(', ')}`)
})

import { loadProcessConfig } from '../config/environment.ts'
import { migrateDatabase } from '../db/migrate-database.ts'

// `npm run migrate`: brings the database to this version's schema. Safe to run again, and from several places at once.
const applied = await migrateDatabase(loadProcessConfig().database.url)
console.log(applied.length === 0 ? 'the database is up to date' : `applied ${applied.join(', ')}`)

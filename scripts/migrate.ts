import { loadProcessConfig } from '../config/environment.ts'
import type { Config } from '../config/config.ts'
import { bootstrapDatabase } from '../db/schema/bootstrap.ts'
import { migrateDatabase } from '../db/schema/migrate-database.ts'
import { runScript } from './run-script.ts'
import { hasOption } from './script-options.ts'

// `npm run migrate`: brings the database to this version's schema. With `-- --bootstrap` an administrator also makes the roles of
// least privilege, and gives them what is in it. Both are safe to run again, and from several places at once.
await runScript(async () => {
  const config = loadProcessConfig()
  const unknown = process.argv.slice(2).find((argument) => argument !== '--bootstrap')
  if (unknown !== undefined) throw new Error(`npm run migrate knows no ${unknown}, only -- --bootstrap`)
  const { applied, notes } = hasOption('bootstrap', process.argv, process.env)
    ? await bootstrap(config)
    : { applied: await migrateDatabase(config.database), notes: [] }
  console.log(applied.length === 0 ? 'the database is up to date' : `applied ${applied.join(', ')}`)
  for (const note of notes) console.log(`note: ${note}`)
})

async function bootstrap({ audit, bootstrap: { adminUrl, adminPassword, passwords } }: Config) {
  if (adminUrl === null)
    throw new Error('--bootstrap needs DATABASE_ADMIN_URL, the URL of an administrator of the database')
  const admin = adminPassword === null ? { url: adminUrl } : { url: adminUrl, password: adminPassword }
  return await bootstrapDatabase(admin, passwords, audit.retentionDays)
}

import { randomUUID } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import postgres from 'postgres'
import { inject, onTestFinished } from 'vitest'

/** A superuser of the run's Postgres that needs a password, or TLS, unlike all others. */
export async function createLockedUser({ demands }: { demands: 'password' | 'TLS' }) {
  const name = `user_${randomUUID().slice(0, 8)}`
  const password = `secret-${randomUUID()}`
  const sql = postgres(inject('databaseUrl'), { max: 1, onnotice: () => undefined })
  onTestFinished(() => sql.end())
  await sql.unsafe(`create role ${name} login superuser password '${password}'`)
  const file = join(inject('runFolder'), 'postgres', 'primary', 'pg_hba.conf')
  const rule =
    demands === 'password' ? `host all ${name} all scram-sha-256` : `hostnossl all ${name} all reject`
  writeFileSync(file, `${rule}\n${readFileSync(file, 'utf8')}`)
  await sql`select pg_reload_conf()`
  return {
    /** The URL of another database's, as this user. */
    urlOf: (url: string, given = password) =>
      Object.assign(new URL(url), { username: name, password: given }).href,
    password,
    setPassword: (changed: string) => sql.unsafe(`alter role ${name} password '${changed}'`),
  }
}

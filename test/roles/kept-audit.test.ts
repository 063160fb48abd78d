import { expect, test } from 'vitest'
import { keyOf, pruneAll } from '../support/ledger/audit-attacks.ts'
import { createRolesDatabase, outcomeOf } from '../support/parts/roles-database.ts'

/** insufficient_privilege */
const REFUSED = '42501'

test('each role publishes keys of its own', async () => {
  const { as } = await createRolesDatabase()
  expect(await outcomeOf(as('api'), keyOf('api'))).toBe('allowed')
  expect(await outcomeOf(as('ingest'), keyOf('worker'))).toBe('allowed')
})

test('workers prune what is past the retention that an administrator set, and nothing else', async () => {
  const { as, sql } = await createRolesDatabase()
  const ingest = as('ingest')
  const old = (at: string) => `select append_audit_event(
    json_build_object(
      'id', gen_random_uuid(), 'kind', 'exported', 'actor', null, 'result', 'done', 'detail', json_build_object(),
      'at', to_char((${at}) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))::text)`
  await sql.unsafe('alter table audit_event disable trigger user; delete from audit_event')
  await sql.unsafe(
    'alter table audit_event enable trigger user; alter table audit_event enable always trigger append_only_delete',
  )
  await sql.unsafe(old("now() - interval '31 days'"))
  expect(await outcomeOf(ingest, pruneAll)).toBe(REFUSED)
  await sql`update audit_retention set kept_days = 30`
  expect(await outcomeOf(ingest, pruneAll)).toBe('allowed')
  await sql.unsafe(old("now() + interval '1 year'"))
  expect(await outcomeOf(ingest, pruneAll)).toBe('allowed')
  await sql.unsafe(old("now() - interval '29 days'"))
  expect(await outcomeOf(ingest, pruneAll)).toBe(REFUSED)
})

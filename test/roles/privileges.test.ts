import { expect, test } from 'vitest'
import { readObjects } from '../../db/roles/held-objects.ts'
import { databaseObjects } from '../../db/roles/privileges.ts'
import { databaseRoles } from '../../db/roles/roles.ts'
import { createDatabase } from '../support/api/api-fixture.ts'
import { inject, onTestFinished } from 'vitest'

async function migrated() {
  const { sql, drop } = await createDatabase(inject('databaseUrl'))
  onTestFinished(drop)
  return await sql.begin((tx) => readObjects(tx))
}

test('whatever migrations made is named with what each role may do with it, and nothing else is named', async () => {
  const objects = await migrated()
  const names = (of: readonly { kind: string; name: string }[]) =>
    of.map(({ kind, name }) => `${kind} ${name}`).sort()
  expect(names(databaseObjects)).toEqual(names(objects))
})

test('a migrated database gives each role what is named, and nothing to everybody', async () => {
  const objects = await migrated()
  for (const { kind, name, isAudit, allowed } of databaseObjects) {
    const held = objects.find((object) => object.kind === kind && object.name === name)
    expect(held?.owner, name).toBe(isAudit ? databaseRoles.owner : databaseRoles.migrate)
    const of = (role: string) =>
      held?.grants
        .filter(([grantee]) => grantee === role)
        .map(([, privilege]) => privilege)
        .sort()
    expect(of(databaseRoles.ingest), name).toEqual([...allowed.ingest].sort())
    expect(of(databaseRoles.api), name).toEqual([...allowed.api].sort())
    expect(of('public'), name).toEqual([])
  }
})

import { expect, test } from 'vitest'
import { recordControlEvent } from '../../db/ledger/control-events.ts'
import { createDeployment } from '../support/deployment/deployment.ts'

test('the audit takes rows and gives none back, also not to the role that owns it', async () => {
  const { sql } = await createDeployment()
  await recordControlEvent(sql, {
    commandId: 'one',
    requestedAt: new Date(0).toISOString(),
    actor: { issuer: 'https://login.example', subject: 't-1', name: 'tester' },
    command: 'skip',
    topic: 'user-login',
    partitions: [0],
    reason: 'why',
    result: 'done',
    detail: {},
  })
  const refused = /audit_event is append-only: \w+ is refused/
  await expect(sql`update audit_event set body = '{}'`).rejects.toThrow(refused)
  await expect(sql`delete from audit_event`).rejects.toThrow(refused)
  await expect(sql`truncate audit_event`).rejects.toThrow(refused)
  // As a restore would: that switches ordinary triggers off.
  const restoring = sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`
    await tx`delete from audit_event`
  })
  await expect(restoring).rejects.toThrow(refused)
  expect(await sql`select actor from control_event`).toEqual([
    { actor: 'tester (t-1, https://login.example)' },
  ])
})

import { createPublicKey } from 'node:crypto'
import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Client } from '@temporalio/client'
import { expect, test } from 'vitest'
import type { AuditRun } from '../../activities/audit.ts'
import { auditCheckId, auditHeadsId } from '../../workflows/contract.ts'
import { graphqlOf } from '../support/api/graphql-client.ts'
import { createDeployment } from '../support/deployment/deployment.ts'
import { eventually } from '../support/eventually.ts'
import { hashAnew, newKey, tamper } from '../support/ledger/tampering.ts'
import { ownFolder } from '../support/parts/own-folder.ts'
import { temporalClient } from '../support/parts/temporal-client.ts'

const VERIFY = `{ auditVerification {
  isWhole isComplete hasSignedHeads eventCount head { number keyId } break { number kind explanation } } }`

test('an audit that was made anew is found by the schedule, by GraphQL and by the command; its events say what was done', async () => {
  const key = newKey()
  const folder = ownFolder()
  const [keyFile, publicFile] = [join(folder, 'key.pem'), join(folder, 'public.pem')]
  await writeFile(keyFile, key)
  await writeFile(publicFile, createPublicKey(key).export({ type: 'spki', format: 'pem' }))
  const deployment = await createDeployment({ KAFKA_PARTITIONS: '1', AUDIT_CHECK_EVERY_MINUTES: '10080' })
  const { sql, config } = deployment
  const worker = deployment.start('worker/main.ts', { AUDIT_SIGNING_KEY_FILE: keyFile })
  const ask = await graphqlOf(deployment.start('api/main.ts', { AUDIT_PUBLIC_KEYS_FILE: publicFile }))
  const client = await temporalClient(deployment)
  const run = async (id: (topic: string) => string) => {
    const schedule = client.schedule.getHandle(id(config.kafka.topic))
    await eventually(async () => {
      await schedule.trigger('BUFFER_ONE')
    })
  }
  const verified = async () => (await ask(VERIFY))['auditVerification'] as Record<string, unknown>
  await run(auditHeadsId)
  await eventually(async () => {
    expect(await verified()).toMatchObject({ isWhole: true, isComplete: true, hasSignedHeads: true })
    expect((await verified())['head']).not.toBeNull()
  })
  await run(auditHeadsId)
  await eventually(async () => {
    expect(await rememberedBy(client, auditHeadsId(config.kafka.topic))).toContainEqual(
      expect.objectContaining({ topic: config.kafka.auditHeadsTopic, hash: expect.any(String) as string }),
    )
  })
  const command = (argument: string) =>
    deployment.start('scripts/audit.ts', { AUDIT_PUBLIC_KEYS_FILE: publicFile }, [argument])
  expect(await command('verify').exited).toBe(0)
  const exported = command('export')
  expect(await exported.exited).toBe(0)
  const exportFile = join(folder, 'audit.jsonl')
  await writeFile(
    exportFile,
    exported
      .log()
      .map((line) => `${JSON.stringify(line)}\n`)
      .join(''),
  )
  const docs = await readFile(new URL('../../docs/audit.md', import.meta.url), 'utf8')
  const script = join(folder, 'verify.mjs')
  await writeFile(script, docs.split('```js\n')[1]?.split('```')[0] ?? '')
  const byHand = () => promisify(execFile)(process.execPath, [script, exportFile, publicFile])
  expect((await byHand()).stdout).toMatch(/^whole: \d+ events, [1-9]\d* signed heads\n$/)
  const { auditEvents } = await ask('{ auditEvents(first: 50) { nodes { kind actor { name } } } }')
  const kinds = (auditEvents as { nodes: { kind: string }[] }).nodes.map(({ kind }) => kind)
  expect(new Set(kinds)).toEqual(
    new Set(['DATABASE_MIGRATED', 'SETTINGS_CHANGED', 'KEY_PUBLISHED', 'EXPORTED']),
  )

  await tamper(sql, async (tx) => {
    await tx`update audit_event set body = replace(body, '"done"', '"refused"') where seq = 1`
    await hashAnew(tx, 1)
  })
  expect(await verified()).toMatchObject({ isWhole: false, break: { number: 1, kind: 'REBUILT' } })
  const verify = command('verify')
  expect(await verify.exited).toBe(1)
  await run(auditCheckId)
  await eventually(async () => {
    const { discrepancies } = await ask(
      '{ discrepancies(filter: { kinds: [AUDIT_CHAIN] }) { nodes { subject } } }',
    )
    expect(discrepancies).toEqual({ nodes: [{ subject: 'the audit chain at event 1' }] })
    expect(worker.log().filter((line) => line['log.level'] === 'error')).toEqual([
      expect.objectContaining({ message: expect.stringContaining('tampered with') as string }),
    ])
  })
})

/** What the runs of a schedule were given of what the runs before them left. */
async function rememberedBy(client: Client, scheduleId: string): Promise<unknown[]> {
  const remembered: unknown[] = []
  for await (const { workflowId, runId } of client.workflow.list({
    query: `WorkflowId STARTS_WITH '${scheduleId}'`,
  })) {
    const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory()
    for (const event of events ?? []) {
      const [input] = event.activityTaskScheduledEventAttributes?.input?.payloads ?? []
      if (input?.data != null)
        remembered.push((JSON.parse(Buffer.from(input.data).toString()) as AuditRun).last)
    }
  }
  return remembered
}

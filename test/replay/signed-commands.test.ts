import { randomUUID } from 'node:crypto'
import type { Client } from '@temporalio/client'
import { defaultPayloadConverter, type Payload, type UpdateDefinition } from '@temporalio/common'
import { expect, test } from 'vitest'
import { publishCommandKey } from '../../db/ledger/command-keys.ts'
import { createSigningKey, PROOF_LIFETIME_MS, signCommand } from '../../signatures/sign-command.ts'
import {
  controlSignal,
  ingestPartitionId,
  ingestTopicId,
  pauseUpdate,
  reconcileTopicId,
  resumeUpdate,
  type ControlResult,
  type TopicControlRequest,
} from '../../workflows/contract.ts'
import { portOf } from '../support/api/graphql-client.ts'
import { createDeployment, type Deployment } from '../support/deployment/deployment.ts'
import type { RoleProcess } from '../support/deployment/role-process.ts'
import { eventually } from '../support/eventually.ts'
import { startOpenIdProvider } from '../support/identity/open-id-provider.ts'
import { temporalClient } from '../support/parts/temporal-client.ts'
import { HOST } from '../../stack/processes/ports.ts'

// What somebody can do who reaches Temporal, and has read there what the API sent.

type Update = UpdateDefinition<ControlResult, [TopicControlRequest | string | undefined]>
type Signed = TopicControlRequest & Required<Pick<TopicControlRequest, 'proof'>>

test('a command has the author that its API proves; sent again, elsewhere, late, changed or by a foreign key it is refused, and without its signature nobody has sent it', async () => {
  const { deployment, client, command, operator, topicId } = await signing()
  const { commandId } = await command('pauseIngestion', 'maintenance')
  expect(await row(deployment, commandId)).toEqual({
    ...{ command: 'pause', actor: operator, is_verified: true, result: 'done', reason: 'maintenance' },
  })
  const sent = await sentTo(client, topicId, commandId)
  const send = (update: Update, argument: object, updateId: string = commandId, workflowId = topicId) =>
    client.workflow
      .getHandle(workflowId)
      .executeUpdate(update, { args: [argument as TopicControlRequest], updateId })
      .then(
        () => 'done',
        (error: unknown) => (error as { cause?: Error }).cause?.message ?? String(error),
      )

  // Temporal answers an Update of the same id with the first result: nothing happens.
  expect(await send(pauseUpdate, { ...sent, reason: 'another' })).toBe('done')
  expect(await send(pauseUpdate, sent, randomUUID())).toMatch(/refused: it was sent under another id/)
  const { proof } = sent
  const changed: [string, Update, object, string?][] = [
    ['of another workflow', pauseUpdate, sent, ingestPartitionId(deployment.config.kafka.topic, 0)],
    ['of another command', resumeUpdate, sent],
    ['with another reason', pauseUpdate, { ...sent, reason: 'another' }],
    ['with other partitions', pauseUpdate, { ...sent, partitions: [0] }],
    [
      'by another actor',
      pauseUpdate,
      { ...sent, proof: { ...proof, actor: { ...proof.actor, subject: 'x' } } },
    ],
  ]
  await command('resumeIngestion', 'done')
  // As a new id, under which Temporal knows no Update yet.
  for (const [what, update, argument, workflowId] of changed) {
    const id = randomUUID()
    expect(await send(update, { ...argument, commandId: id }, id, workflowId), what).toMatch(
      /signature of the command is refused: it was made for another/,
    )
    expect(await row(deployment, `temporal/${id}`)).toMatchObject({
      ...{ actor: 'temporal', is_verified: false, result: 'refused' },
    })
  }

  const key = createSigningKey()
  const forged = (agoMs: number) => {
    const argument = { commandId: randomUUID(), actor: operator, reason: 'forged', partitions: null }
    const target = {
      command: 'pause',
      workflowId: topicId,
      topic: deployment.config.kafka.topic,
      namespace: 'default',
    }
    return { ...argument, proof: signCommand(key, target, argument, proof.actor, Date.now() - agoMs) }
  }
  const foreign = forged(0)
  expect(await send(pauseUpdate, foreign, foreign.commandId)).toMatch(/nobody has published its key/)
  const { sql } = deployment
  const times = { madeAt: new Date(), validUntil: new Date(Date.now() + PROOF_LIFETIME_MS) }
  await publishCommandKey(sql, { ...key, holder: 'api', ...times })
  const late = forged(PROOF_LIFETIME_MS + 60_000)
  expect(await send(pauseUpdate, late, late.commandId)).toMatch(/it was valid until/)
  expect(await states(client, topicId)).toEqual(['running', 'running'])

  // Without its signature it is a command of anybody, and takes effect as one.
  const stripped = { ...sent, proof: undefined, reason: 'stripped' }
  const strippedId = randomUUID()
  expect(await send(pauseUpdate, stripped, strippedId)).toBe('done')
  expect(await row(deployment, `temporal/${strippedId}`)).toMatchObject({
    actor: 'temporal',
    is_verified: false,
  })
  const [unsigned] = await sql`
    select detail -> 'claim' as claim from control_event where command_id = ${`temporal/${strippedId}`}`
  expect(unsigned).toEqual({ claim: { actor: operator, commandId } })
  expect(await row(deployment, commandId)).toMatchObject({ actor: operator, result: 'done' })
  await command('resumeIngestion', 'on again')

  // A partition carries out what it takes for the topic's; the topic, which did not send it, audits it.
  const partition = client.workflow.getHandle(ingestPartitionId(deployment.config.kafka.topic, 1))
  const request = { commandId, actor: operator, reason: 'by signal' }
  await partition.signal(controlSignal, { command: 'pause', request })
  expect(await row(deployment, `${commandId}/control-1`)).toEqual({
    ...{ command: 'pause', actor: 'temporal', is_verified: false, result: 'done', reason: 'by signal' },
  })
  await partition.signal(controlSignal, { command: 'resume', request, signed: sent })
  expect(await row(deployment, `${commandId}/control-1`, 'resume')).toMatchObject({ result: 'refused' })
})

test('a Reset sends commands again as what they were; it, a termination and a refusal leave a row each', async () => {
  const { deployment, client, command, operator, topicId } = await signing()
  const { commandId } = await command('pauseIngestion', 'maintenance')
  const topic = client.workflow.getHandle(topicId)
  await topic.executeUpdate(resumeUpdate, { args: ['by click'], updateId: 'clicked' })
  await expect(
    topic.executeUpdate(pauseUpdate, { args: ['x'.repeat(501)], updateId: 'refused' }),
  ).rejects.toThrow()
  expect(await row(deployment, 'temporal/refused')).toMatchObject({ result: 'refused' })
  await row(deployment, commandId)
  const firstTask = (await topic.fetchHistory()).events?.find(
    (event) => event.workflowTaskStartedEventAttributes,
  )
  const reset = await client.workflowService.resetWorkflowExecution({
    namespace: 'default',
    workflowExecution: { workflowId: topicId },
    reason: 'a try',
    workflowTaskFinishEventId: firstTask?.eventId ?? null,
    requestId: randomUUID(),
  })
  const partitionId = ingestPartitionId(deployment.config.kafka.topic, 1)
  await eventually(async () => {
    const updates = (await historyOf(client, topicId)).filter((one) => one.updateCompleted !== null)
    expect(updates).toHaveLength(3)
  })
  const { runId } = await client.workflow.getHandle(partitionId).describe()
  await client.workflow.getHandle(partitionId).terminate('by mistake')
  await client.schedule.getHandle(reconcileTopicId(deployment.config.kafka.topic)).trigger()
  await eventually(async () => {
    const rows = await deployment.sql`
      select id, body::jsonb -> 'detail' as detail from audit_event where kind = 'workflow_interfered' order by id`
    expect(rows).toMatchObject([
      { id: `reset/${topicId}/${reset.runId}`, detail: { how: 'reset', reason: 'a try' } },
      {
        id: `terminated/${partitionId}/${runId}`,
        detail: { how: 'terminated', reason: 'by mistake', claimedBy: expect.any(String) as string },
      },
    ])
  }, 30_000)
  const rows = await deployment.sql`
    select command_id, actor, is_verified from control_event order by id`
  expect(rows).toEqual([
    { command_id: commandId, actor: operator, is_verified: true },
    { command_id: 'temporal/clicked', actor: 'temporal', is_verified: false },
    { command_id: 'temporal/refused', actor: 'temporal', is_verified: false },
  ])
})

test('commands of several APIs and of one that starts anew are proven; while keys cannot be read they take effect, and are proven afterwards', async () => {
  const { deployment, api, command, operator, startApi } = await signing()
  const other = startApi()
  await command('pauseIngestion', 'first')
  const second = await other.command('resumeIngestion', 'second')
  await api.kill()
  const anew = startApi()
  const third = await anew.command('pauseIngestion', 'third')
  for (const { commandId } of [second, third])
    expect(await row(deployment, commandId)).toMatchObject({ actor: operator, is_verified: true })

  const { sql } = deployment
  const blind = startApi()
  await sql`alter table command_key rename to command_key_away`
  await blind.command('resumeIngestion', 'the key is new')
  await sql`alter table command_key_away rename to command_key`
  await eventually(async () => {
    const rows = await sql`select actor, is_verified from control_event where reason = 'the key is new'`
    expect(rows).toEqual([{ actor: operator, is_verified: true }])
  }, 60_000)
})

/** A deployment whose API takes tokens of a provider, and somebody who may command. */
async function signing() {
  const provider = await startOpenIdProvider([['operator']])
  const deployment = await createDeployment({ KAFKA_PARTITIONS: '2', ...provider.settings })
  deployment.start('worker/main.ts')
  const bearer = `Bearer ${await provider.token('operator')}`
  const client = await temporalClient(deployment)
  const topicId = ingestTopicId(deployment.config.kafka.topic)
  const startApi = () => {
    const api = deployment.start('api/main.ts')
    return { api, command: commands(api, bearer) }
  }
  const first = startApi()
  await eventually(async () => {
    expect(await states(client, topicId)).toEqual(['running', 'running'])
  }, 30_000)
  return { deployment, client, topicId, operator: `operator (${provider.issuer})`, startApi, ...first }
}

const commands = (api: RoleProcess, authorization: string) => async (field: string, reason: string) => {
  const response = await fetch(`http://${HOST}:${await portOf(api)}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization },
    body: JSON.stringify({
      query: `mutation { result: ${field}(reason: "${reason}") { __typename ... on Error { message } ... on IngestionCommandSuccess { commandId } } }`,
    }),
  })
  const { data } = (await response.json()) as { data: { result: { commandId: string } } }
  expect(data.result).toMatchObject({ __typename: 'IngestionCommandSuccess' })
  return data.result
}

const states = async (client: Client, topicId: string): Promise<string[]> => {
  const partitions = await client.workflow.getHandle(topicId).query<{ state: string }[]>('status')
  return partitions.map(({ state }) => state)
}

/** The row of a command, once it is written. */
async function row({ sql }: Deployment, commandId: string, command: string | null = null) {
  return await eventually(async () => {
    const rows = await sql`
      select command, actor, is_verified, result, reason from control_event
      where command_id = ${commandId} and (${command}::text is null or command = ${command})`
    expect(rows).toHaveLength(1)
    return rows[0]
  })
}

async function historyOf(client: Client, workflowId: string) {
  const { events } = await client.workflow.getHandle(workflowId).fetchHistory()
  return (events ?? []).map((event) => ({
    updateAccepted: event.workflowExecutionUpdateAcceptedEventAttributes?.acceptedRequest ?? null,
    updateCompleted: event.workflowExecutionUpdateCompletedEventAttributes ?? null,
  }))
}

/** What a workflow was sent, as its history has it. */
async function sentTo(client: Client, workflowId: string, updateId: string): Promise<Signed> {
  const updates = (await historyOf(client, workflowId)).flatMap(({ updateAccepted }) => updateAccepted ?? [])
  const [payload] = updates.find(({ meta }) => meta?.updateId === updateId)?.input?.args?.payloads ?? []
  return defaultPayloadConverter.fromPayload(payload as Payload)
}

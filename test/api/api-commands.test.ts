import { randomUUID } from 'node:crypto'
import { Client, Connection } from '@temporalio/client'
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest'
import type { IngestionRequest, ReplayRunRequest } from '../../api/context/command-types.ts'
import { createCommands } from '../../api/commands/create-commands.ts'
import {
  CommandFailedError,
  InvalidCommandError,
  NoWorkerError,
  TemporalUnavailableError,
} from '../../api/context/command-errors.ts'
import { NotFoundError } from '../../api/context/errors.ts'
import { loadConfig } from '../../config/config.ts'
import type { AuditEvent } from '../../domain/audit/audit-event.ts'
import { createAudit } from '../../api/sources/audit.ts'
import { createCommandSigner } from '../../signatures/command-signer.ts'
import { ReadFailure } from '../../db/nodes/read-failure.ts'
import { ingestTopicId } from '../../workflows/contract.ts'
import { everyParkedBatch } from '../../domain/batch/selection.ts'

const temporalAddress = inject('stackEnvironment').TEMPORAL_ADDRESS ?? ''
const quiet = { error: () => undefined, warn: () => undefined, info: () => undefined }
const parts = {
  temporal: loadConfig({ TEMPORAL_ADDRESS: temporalAddress, TEMPORAL_TASK_QUEUE: 'nobody' }).temporal,
  readWorkerReport: () => Promise.resolve({ seenAt: new Date('2026-03-01T12:00:03.456Z'), isRecent: false }),
  readPrimary: () => Promise.reject(new ReadFailure('unavailable', 'no database node answers')),
  clock: Date.now,
  sign: createCommandSigner('default', () => Promise.resolve(), Date.now).sign,
}
const ann = { issuer: null, subject: 'ann', name: 'ann' }
const connections: Connection[] = []
const appending = () => vi.fn<(event: AuditEvent) => Promise<void>>().mockResolvedValue()

function clientOf(address: string): Client {
  const connection = Connection.lazy({ address })
  connections.push(connection)
  return new Client({ connection })
}

/** Commands over a real Temporal (or none), and what they wrote to the audit. */
function commandsOver(client: Client) {
  const record = appending()
  const commands = createCommands({ ...parts, client, audit: createAudit(record, quiet) })
  const failure = (request: Partial<IngestionRequest>) =>
    commands
      .controlIngestion({
        command: 'pause',
        topic: 'no-such-topic',
        partitions: null,
        accept: false,
        reason: 'why',
        actor: ann,
        commandId: null,
        ...request,
      })
      .catch((error: unknown) => error)
  return { failure, record }
}

const client = clientOf(temporalAddress)

afterAll(() => Promise.all(connections.map((connection) => connection.close())))

describe('a command that nothing answers', () => {
  const topic = `unattended-${randomUUID()}`
  beforeAll(async () => {
    await client.workflow.start('ingestTopic', {
      workflowId: ingestTopicId(topic),
      taskQueue: `nobody-${topic}`,
      args: [{ topic }],
    })
  })
  afterAll(() => client.workflow.getHandle(ingestTopicId(topic)).terminate())

  it('because no worker runs says so within seconds, and is in the audit', async () => {
    const { failure, record } = commandsOver(client)
    const commandId = randomUUID()
    const error = await failure({ topic, commandId, partitions: [3] })
    expect(error).toBeInstanceOf(NoWorkerError)
    expect(record.mock.calls.map(([event]) => event)).toMatchObject([
      {
        id: `${commandId}/unanswered`,
        kind: 'command',
        actor: { name: 'ann (unverified)', verified: false },
        result: 'failed',
        detail: { command: 'pause', topic, partitions: [3], reason: 'why' },
      },
    ])
  })

  it('because Temporal is away says so within seconds, and is in the audit', async () => {
    const { failure, record } = commandsOver(clientOf('127.0.0.1:1'))
    const startMs = performance.now()
    expect(await failure({ topic })).toBeInstanceOf(TemporalUnavailableError)
    expect(performance.now() - startMs).toBeLessThan(5_000)
    expect(record).toHaveBeenCalledTimes(1)
  })

  it('because no ingestion was ever started says what to start, and is in the audit', async () => {
    const { failure, record } = commandsOver(client)
    expect(await failure({})).toBeInstanceOf(NotFoundError)
    expect(record).toHaveBeenCalledTimes(1)
  })

  it('is answered also when the audit cannot be written, and says that too', async () => {
    const commands = createCommands({
      ...parts,
      client,
      audit: createAudit(() => Promise.reject(new Error('Postgres is away')), quiet),
    })
    const request = {
      command: 'pause',
      topic: 'none',
      partitions: null,
      accept: false,
      reason: 'why',
      actor: ann,
    } as const
    await expect(commands.controlIngestion({ ...request, commandId: null })).rejects.toThrow(
      /could not be recorded/,
    )
  })
})

it('a command to a batch is not sent blindly: without the ledger it fails, and is in the audit', async () => {
  const record = appending()
  const commands = createCommands({ ...parts, client, audit: createAudit(record, quiet) })
  const request = { command: 'replay', batchId: 7n, topic: 'none', reason: 'why', actor: ann } as const
  const error = await commands
    .resolveParkedBatch({ ...request, commandId: null })
    .catch((failure: unknown) => failure)
  expect(error).toBeInstanceOf(CommandFailedError)
  expect(record.mock.calls[0]?.[0]).toMatchObject({
    result: 'failed',
    detail: { command: 'replay', facts: { batchId: '7' } },
  })
})

describe('a command with an unusable argument', () => {
  it.each<[string, Partial<ReplayRunRequest>]>([
    ['no batch at all, which is not any batch', { selection: { ...everyParkedBatch, ids: [] } }],
    ['a text that nothing can hold', { selection: { ...everyParkedBatch, error: 'a\0b' } }],
    ['a rate of nothing', { maxPerMinute: 0 }],
    ['a rate beyond the cap', { maxPerMinute: 6_001 }],
  ])('starts no run: %s', async (_, change) => {
    const record = appending()
    const commands = createCommands({ ...parts, client, audit: createAudit(record, quiet) })
    const request = {
      topic: 'none',
      reason: 'why',
      actor: ann,
      commandId: null,
      dryRun: true,
      maxPerMinute: 60,
    }
    await expect(
      commands.startReplayRun({ ...request, selection: everyParkedBatch, ...change }),
    ).rejects.toThrow(InvalidCommandError)
    expect(record.mock.calls).toMatchObject([[{ result: 'refused', detail: { command: 'replay_many' } }]])
  })

  it.each<[string, Partial<IngestionRequest>]>([
    ['a blank reason', { reason: '  ' }],
    ['a reason without end', { reason: 'x'.repeat(501) }],
    ['a reason that cannot be stored', { reason: 'a\0b' }],
    ['a negative partition', { partitions: [0, -1] }],
    ['no partition at all', { partitions: [] }],
    ['a reason that is shown backwards', { reason: 'a\u202eb' }],
    ['an id that is no uuid', { commandId: 'mine' }],
    ['an id without end', { commandId: 'x'.repeat(40_000) }],
    ['a topic without end', { topic: 'x'.repeat(40_000) }],
    ['a topic that cannot be stored', { topic: 'a\0b\ud83d' }],
    ['a topic that Kafka does not take', { topic: '..' }],
    ['more partitions than a list has', { partitions: Array.from({ length: 10_001 }, (_, i) => i) }],
  ])('is not sent: %s', async (_, request) => {
    const { failure, record } = commandsOver(client)
    expect(await failure(request)).toBeInstanceOf(InvalidCommandError)
    const [[event] = []] = record.mock.calls
    const refusal = expect.stringMatching(new RegExp(Object.keys(request)[0] ?? '')) as string
    expect(event).toMatchObject({
      actor: { name: 'ann (unverified)' },
      result: 'refused',
      detail: { command: 'pause', facts: { refusal } },
    })
    expect(event?.id).toMatch(/^[0-9a-f-]{36}\/invalid$/)
    const stored = JSON.stringify(event)
    expect(stored.length).toBeLessThan(1_500)
    expect(stored).not.toMatch(/\\u0000|\\ud83d|\u202e/)
  })
})

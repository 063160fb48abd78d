import { describe, expect, it, vi } from 'vitest'
import type { CommandAuthor, SignedCommand } from '../../domain/access/command-author.ts'
import type { ControlEvent } from '../../db/ledger/control-events.ts'
import type { RecordedCommand } from '../../db/ledger/recorded-commands.ts'
import { createSigningKey, signCommand } from '../../signatures/sign-command.ts'
import { verifyingKey } from '../../signatures/verify-command.ts'
import { recordCommand, type CommandRecord, type RecordDeps } from './record-command.ts'

const NOW_MS = Date.parse('2026-03-01T10:00:00Z')
const ann = { issuer: 'https://login.example', subject: 'u-1', name: 'ann' }
const key = createSigningKey()
const target = {
  command: 'pause',
  topic: 'user-login',
  namespace: 'default',
  workflowId: 'ingest/user-login',
}
const argument = { commandId: 'c-1', reason: 'why' }
const proof = signCommand(key, target, argument, ann, NOW_MS)
const receivedAt = new Date(NOW_MS).toISOString()
const signed: SignedCommand = { ...target, firstRunId: 'first', receivedAt, argument: { ...argument, proof } }
const sentTo = { workflowId: target.workflowId, firstRunId: 'first' }

const record = (author?: CommandAuthor): CommandRecord => ({
  ...{ commandId: 'c-1', requestedAt: receivedAt, command: 'pause', topic: 'user-login', partitions: null },
  ...{ reason: 'why', result: 'done', detail: { partitions: [] } },
  ...(author === undefined ? {} : { author }),
})

/** @param earlier what the audit has under the same id */
function audit(earlier: RecordedCommand[] | null = [], isPublished = true) {
  const verifying = verifyingKey(key.keyId, key.publicKey)
  const known =
    verifying === null ? null : { verifying, holder: 'api' as const, validUntil: new Date(NOW_MS + 1_000) }
  const append = vi.fn<(event: ControlEvent) => Promise<void>>().mockResolvedValue()
  const find = () => Promise.resolve(isPublished ? known : null)
  const deps: RecordDeps = {
    keys: { find, preload: () => Promise.resolve() },
    recorded: () => Promise.resolve(earlier),
    append,
  }
  return { deps, events: () => append.mock.calls.map(([event]) => event) }
}

const recorded: RecordedCommand = {
  ...{
    command: 'pause',
    topic: 'user-login',
    partitions: null,
    actor: 'temporal',
    reason: 'why',
    result: 'done',
  },
  ...{ proof: null, firstRunId: 'first' },
}

it('a proven author is recorded with the signature, which anybody can verify again', async () => {
  const { deps, events } = audit()
  await recordCommand(deps, record({ state: 'proven', signed }), 1)
  const { keyId, signature, requestedAt, expiresAt } = proof
  expect(events()).toMatchObject([
    {
      actor: ann,
      detail: {
        partitions: [],
        proof: { keyId, signature, requestedAt, expiresAt, ...sentTo, namespace: 'default' },
      },
    },
  ])
})

it('what a sender claims is no author', async () => {
  const { deps, events } = audit()
  await recordCommand(
    deps,
    record({ state: 'unverified', claim: { actor: 'ann', commandId: 'c-9' }, sentTo }),
    1,
  )
  const temporal = { issuer: null, subject: '', name: 'temporal' }
  expect(events()).toMatchObject([{ actor: temporal, detail: { claim: { actor: 'ann', commandId: 'c-9' } } }])
  const before = audit()
  await recordCommand(before.deps, { ...record(), actor: 'temporal-web-ui' }, 1)
  expect(before.events()).toMatchObject([
    { actor: temporal, detail: { claim: { actor: 'temporal-web-ui' } } },
  ])
})

it('a proven author whose signature does not hold is none: somebody else may have given the command to the audit', async () => {
  const { deps, events } = audit()
  const forged = { ...signed, argument: { ...argument, reason: 'forged', proof } }
  await recordCommand(deps, record({ state: 'proven', signed: forged }), 1)
  expect(events()).toMatchObject([
    {
      actor: { name: 'temporal' },
      detail: { claim: { signature: expect.stringMatching(/made for another/) as string } },
    },
  ])
})

describe('an author that could not be verified when the command arrived', () => {
  it('is verified now', async () => {
    const { deps, events } = audit()
    await recordCommand(deps, record({ state: 'undecided', signed }), 1)
    expect(events()).toMatchObject([{ actor: ann }])
  })

  it('is waited for until its API can have published the key, and then has claimed to be it', async () => {
    const { deps, events } = audit([], false)
    const undecided = record({ state: 'undecided', signed })
    await expect(recordCommand(deps, undecided, 1)).rejects.toThrow(/nobody has published/)
    expect(events()).toEqual([])
    await recordCommand(deps, undecided, 8)
    expect(events()).toMatchObject([
      { actor: { name: 'temporal' }, detail: { claim: { actor: 'ann (u-1, https://login.example)' } } },
    ])
  })

  it('is waited for while Postgres is away', async () => {
    const { deps } = audit(null)
    await expect(recordCommand(deps, record({ state: 'proven', signed }), 99)).rejects.toThrow(
      'Postgres is away',
    )
  })
})

describe('a command that a partition got', () => {
  const stray = (change: object = {}) => ({
    ...record({ state: 'unverified', claim: {}, sentTo }),
    ...{ commandId: 'c-1/control-0', forwardedAs: 'c-1', partitions: [0], ...change },
  })
  it.each<[string, object, Partial<RecordedCommand>, number]>([
    ['is what its topic recorded', {}, {}, 0],
    ['is that also if it refused what others did not', { result: 'refused' }, {}, 0],
    ['is another one if the topic recorded that it was refused', {}, { result: 'refused' }, 1],
    ['is another one if the topic sent it to others', {}, { partitions: [1] }, 1],
    ['is another one with another reason', { reason: 'because' }, {}, 1],
  ])('%s', async (_, change, topics, rows) => {
    const { deps, events } = audit()
    const recordedAs = (id: string) => Promise.resolve(id === 'c-1' ? [{ ...recorded, ...topics }] : [])
    await recordCommand({ ...deps, recorded: recordedAs }, stray(change), 1)
    expect(events()).toHaveLength(rows)
  })
})

describe('a command whose id the audit has', () => {
  const unsigned = record({ state: 'unverified', claim: {}, sentTo })
  it.each<[string, CommandRecord, RecordedCommand, number]>([
    ['that a Reset sends again is the same', { ...unsigned, result: 'refused' }, recorded, 0],
    ['is another one with another reason', { ...unsigned, reason: 'because' }, recorded, 1],
    ['is another one of another name', { ...unsigned, command: 'resume' }, recorded, 1],
    ['is another one on other partitions', { ...unsigned, partitions: [0] }, recorded, 1],
    ['is another one at a workflow that was started anew', unsigned, { ...recorded, firstRunId: 'other' }, 1],
    ['is another one of a proven author', record({ state: 'proven', signed }), recorded, 1],
  ])('%s', async (_, given, earlier, rows) => {
    const { deps, events } = audit([earlier])
    await recordCommand(deps, given, 1)
    expect(events()).toHaveLength(rows)
  })

  it('of a proven author is the same by its signature alone', async () => {
    const { keyId, signature, requestedAt, expiresAt } = proof
    const kept = {
      keyId,
      signature,
      requestedAt,
      expiresAt,
      argumentsHash: '',
      namespace: 'default',
      ...sentTo,
    }
    const { deps, events } = audit([{ ...recorded, actor: 'ann', proof: kept, firstRunId: null }])
    await recordCommand(deps, record({ state: 'proven', signed }), 1)
    expect(events()).toEqual([])
    const again = signCommand(key, target, argument, ann, NOW_MS + 1)
    const repeated = { ...signed, argument: { ...argument, proof: again } }
    await recordCommand(deps, record({ state: 'proven', signed: repeated }), 1)
    expect(events()).toHaveLength(1)
  })
})

import { sign } from 'node:crypto'
import { describe, expect, it, test } from 'vitest'
import type { SignedCommand } from '../../domain/access/command-author.ts'
import { statementText, type CommandActor } from '../../domain/access/command-proof.ts'
import type { KeyHolder } from '../../db/ledger/command-keys.ts'
import type { RecordedCommand } from '../../db/ledger/recorded-commands.ts'
import {
  createSigningKey,
  hashOfArguments,
  PROOF_LIFETIME_MS,
  signCommand,
} from '../../signatures/sign-command.ts'
import { verifyingKey } from '../../signatures/verify-command.ts'
import { verifyCommand, type VerifyDeps } from './verify-command.ts'

const NOW_MS = Date.parse('2026-03-01T10:00:00Z')
const ann: CommandActor = { issuer: 'https://login.example', subject: 'u-1', name: 'ann' }
const key = createSigningKey()
const target = {
  command: 'pause',
  topic: 'user-login',
  namespace: 'default',
  workflowId: 'ingest/user-login',
}
const unsigned = { commandId: 'c-1', actor: 'ann', reason: 'why', partitions: [0], accept: false }

function signed(argument = unsigned, actor = ann, by = key, to = target): SignedCommand {
  const proof = signCommand(by, to, argument, actor, NOW_MS)
  return {
    ...to,
    firstRunId: 'first',
    receivedAt: new Date(NOW_MS).toISOString(),
    argument: { ...argument, proof },
  }
}

/** Where this key alone is published. */
function deps(holder: KeyHolder = 'api', earlier: RecordedCommand[] | null = []): VerifyDeps {
  const verifying = verifyingKey(key.keyId, key.publicKey)
  if (verifying === null) throw new Error('the key is no key')
  const known = { verifying, holder, validUntil: new Date(NOW_MS + 1_000) }
  return {
    keys: {
      find: (keyId) => Promise.resolve(keyId === key.keyId ? known : null),
      preload: () => Promise.resolve(),
    },
    recorded: () => Promise.resolve(earlier),
  }
}

const why = async (command: SignedCommand, by = deps()) => {
  const verdict = await verifyCommand(by, command)
  return verdict.state === 'refused' ? verdict.why : verdict.state
}

it('a command that its API signed is proven', async () => {
  expect(await why(signed())).toBe('proven')
})

describe('a signature proves nothing', () => {
  const changed = (change: object): SignedCommand => {
    const command = signed()
    return { ...command, argument: { ...command.argument, ...change } }
  }
  const proofWith = (change: object) => changed({ proof: { ...signed().argument.proof, ...change } })
  const soon = new Date(NOW_MS + PROOF_LIFETIME_MS - 1).toISOString()
  test.each<[string, SignedCommand]>([
    ['of another command', { ...signed(), command: 'resume' }],
    ['at another workflow', { ...signed(), workflowId: 'ingest/user-login/0' }],
    ['in another namespace', { ...signed(), namespace: 'other' }],
    ['of another topic', { ...signed(), topic: 'other' }],
    ['with another reason', changed({ reason: 'because' })],
    ['with other partitions', changed({ partitions: [0, 1] })],
    ['with an argument more', changed({ dryRun: false })],
    ['with an argument less', changed({ accept: undefined })],
    ['under another id', changed({ commandId: 'c-2' })],
    ['by another actor', proofWith({ actor: { ...ann, subject: 'u-2' } })],
    ['by another name', proofWith({ actor: { ...ann, name: 'bob' } })],
    ['by the actor of another issuer', proofWith({ actor: { ...ann, issuer: 'https://other.example' } })],
    ['that ends at another time', proofWith({ expiresAt: soon })],
    ['of another time', proofWith({ requestedAt: new Date(NOW_MS + 1).toISOString() })],
    [
      'of another key in the name of this one',
      proofWith({ signature: signed(unsigned, ann, createSigningKey()).argument.proof.signature }),
    ],
    ['of nothing', proofWith({ signature: '' })],
  ])('%s', async (_, command) => {
    expect(await why(command)).toMatch(/^it was made for another command, workflow or actor/)
  })

  test.each<[string, unknown]>([
    ['of the form of nothing', true],
    ['without its actor', { ...signed().argument.proof, actor: null }],
    ['without an end', { ...signed().argument.proof, expiresAt: 'never' }],
    ['whose key is a list', { ...signed().argument.proof, keyId: [key.keyId] }],
  ])('%s', async (_, proof) => {
    expect(await why(changed({ proof }))).toBe('it has not the form of one')
  })

  it('by a key that nobody published', async () => {
    expect(await why(signed(unsigned, ann, createSigningKey()))).toMatch(/^nobody has published its key/)
  })

  it('that its signer has made to last', async () => {
    const command = signed()
    const told = { actor: ann, requestedAt: new Date(NOW_MS).toISOString() }
    const proof = { ...command.argument.proof, expiresAt: '9999-01-01T00:00:00.000Z' }
    const { commandId, reason } = unsigned
    const argumentsHash = hashOfArguments(unsigned)
    const text = statementText({
      ...target,
      ...told,
      commandId,
      reason,
      argumentsHash,
      expiresAt: proof.expiresAt,
    })
    const signature = sign(null, Buffer.from(text), key.privateKey).toString('base64url')
    const lasting = { ...command, argument: { ...command.argument, proof: { ...proof, signature } } }
    expect(await why(lasting)).toBe('it is valid for longer than what an API signs')
  })

  it('once it is late', async () => {
    const late = new Date(NOW_MS + PROOF_LIFETIME_MS + 1).toISOString()
    expect(await why({ ...signed(), receivedAt: late })).toMatch(/^it was valid until .* send it again$/)
  })

  it('by a worker, other than of the replays of a run', async () => {
    expect(await why(signed(), deps('worker'))).toBe('a worker signs nothing but the replays of a run')
    const to = { ...target, command: 'replay', workflowId: 'login-batch/user-login/0/1-2' }
    expect(await why(signed({ ...unsigned, commandId: 'run/7' }, ann, key, to), deps('worker'))).toBe(
      'proven',
    )
    expect(await why(signed(unsigned, ann, key, to), deps('worker'))).toMatch(/^a worker signs nothing/)
  })

  it('after the life of its key', async () => {
    const proof = signCommand(key, target, unsigned, ann, NOW_MS + 2_000)
    expect(await why(changed({ proof }))).toBe('its key was no longer valid')
  })
})

describe('a command that the audit has', () => {
  const recorded = ({ argument, ...command }: SignedCommand, firstRunId = 'first'): RecordedCommand[] => {
    const { keyId, signature, requestedAt, expiresAt } = argument.proof
    const { namespace, workflowId } = command
    const told = {
      topic: command.topic,
      partitions: [0],
      actor: 'ann',
      reason: 'why',
      result: 'done',
      firstRunId: null,
    }
    const proof = {
      keyId,
      signature,
      requestedAt,
      expiresAt,
      argumentsHash: '',
      namespace,
      workflowId,
      firstRunId,
    }
    return [{ command: command.command, ...told, proof }]
  }
  const late = { ...signed(), receivedAt: new Date(NOW_MS + 10 * PROOF_LIFETIME_MS).toISOString() }

  it('is the same if a Reset sends it again, however late', async () => {
    expect(await why(late, deps('api', recorded(signed())))).toBe('proven')
  })

  it('is refused if somebody sends it to the workflow that was started anew', async () => {
    expect(await why(signed(), deps('api', recorded(signed(), 'other')))).toBe(
      'the command was carried out before',
    )
  })

  it('does not let another command have its id', async () => {
    const other = { ...target, command: 'resume' }
    expect(await why(signed(unsigned, ann, key, other), deps('api', recorded(signed())))).toMatch(
      /^commandId is that of another command \(pause, sent to ingest\/user-login\)/,
    )
  })

  it('is repeated by its sender under a signature of its own', async () => {
    const argument = { ...unsigned, reason: 'again' }
    expect(await why(signed(argument), deps('api', recorded(signed())))).toBe('proven')
  })
})

describe('while Postgres is away', () => {
  it('a key that is not known leaves it open who sent a command', async () => {
    const away = { ...deps(), keys: { ...deps().keys, find: () => Promise.resolve('away' as const) } }
    expect(await verifyCommand(away, signed())).toEqual({ state: 'undecided' })
  })

  it('a key that is known proves it', async () => {
    expect(await why(signed(), deps('api', null))).toBe('proven')
  })
})

import { expect, test } from 'vitest'
import type { CommandAuthor } from '../../domain/access/command-author.ts'
import { temporalActor } from '../../domain/access/command-proof.ts'
import { createSigningKey, signCommand } from '../../signatures/sign-command.ts'
import { verifyingKey } from '../../signatures/verify-command.ts'
import { actorOfRun } from './actor-of-run.ts'
import type { KnownKeys } from './known-keys.ts'

const ann = { issuer: 'https://login.example', subject: 'u-1', name: 'ann' }
const key = createSigningKey()
const target = { topic: 'user-login', namespace: 'default', workflowId: 'replay/run' }

function author(command = 'replay_many', reason = 'why'): CommandAuthor {
  const argument = { commandId: 'run', reason: 'why' }
  const proof = signCommand(key, { ...target, command }, argument, ann, Date.now())
  const arrived = { firstRunId: 'first', receivedAt: new Date().toISOString() }
  return {
    state: 'proven',
    signed: { ...target, command, ...arrived, argument: { ...argument, reason, proof } },
  }
}

const keys = (found: 'published' | 'away' | 'unknown'): KnownKeys => {
  const verifying = verifyingKey(key.keyId, key.publicKey)
  const known = verifying && { verifying, holder: 'api' as const, validUntil: new Date(Date.now() + 60_000) }
  const answer = found === 'published' ? known : found === 'away' ? 'away' : null
  return { find: () => Promise.resolve(answer), preload: () => Promise.resolve() }
}

test('a worker signs a replay for whoever signed the command of its run', async () => {
  expect(await actorOfRun(keys('published'), author(), 'run/7')).toEqual(ann)
  await expect(actorOfRun(keys('away'), author(), 'run/7')).rejects.toThrow('Postgres is away')
})

test.each<[string, CommandAuthor | undefined, string]>([
  ['by nobody that is known', undefined, 'run/7'],
  ['by nobody that is proven', { state: 'unverified', claim: { actor: 'ann' } }, 'run/7'],
  ['of another run', author(), 'other/7'],
  ['of a run whose command was changed', author('replay_many', 'because'), 'run/7'],
  ['of something that is no run', author('pause'), 'run/7'],
])('a worker signs for nobody a replay %s', async (_, given, commandId) => {
  expect(await actorOfRun(keys('published'), given, commandId)).toEqual(temporalActor)
})

import { expect, onTestFinished, test, vi } from 'vitest'
import { createCommandSigner, type PublicKey } from './command-signer.ts'
import { isSignedBy, verifyingKey } from './verify-command.ts'

const DAY_MS = 24 * 60 * 60_000
const target = { command: 'pause', workflowId: 'ingest/user-login', topic: 'user-login' }
const argument = { commandId: 'c-1', reason: 'why' }
const ann = { issuer: null, subject: 'ann', name: 'ann' }

function signer(publish: (key: PublicKey) => Promise<void>, clock: () => number = Date.now) {
  const made = createCommandSigner('default', publish, clock)
  onTestFinished(made.end)
  return made
}

test('a command is signed by the key that was published, and by another one the next day', async () => {
  const published: PublicKey[] = []
  let now = 0
  const { sign } = signer(
    (key) => Promise.resolve(void published.push(key)),
    () => now,
  )
  const first = await sign(target, argument, ann)
  now = DAY_MS
  const second = await sign(target, argument, ann)
  const byKeyOf = ({ proof }: typeof first, place: number) => {
    const { keyId = '', publicKey = '' } = published[place] ?? {}
    const key = verifyingKey(keyId, publicKey)
    return key !== null && isSignedBy(key, { ...target, namespace: 'default' }, { ...argument, proof })
  }
  expect([byKeyOf(first, 0), byKeyOf(second, 1), byKeyOf(second, 0)]).toEqual([true, true, false])
})

test('a key is published until that succeeds, and meanwhile commands are signed all the same', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  const publish = vi.fn<(key: PublicKey) => Promise<void>>().mockRejectedValue(new Error('Postgres is away'))
  const { sign } = signer(publish)
  const signing = sign(target, argument, ann)
  await vi.advanceTimersByTimeAsync(2_000)
  expect((await signing).proof.keyId).toBe(publish.mock.calls[0]?.[0].keyId)
})

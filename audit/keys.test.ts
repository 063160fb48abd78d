import { generateKeyPairSync } from 'node:crypto'
import { expect, test, vi } from 'vitest'
import { loadConfig } from '../config/config.ts'
import { checkHeadKeys } from './keys.ts'

const saidOf = async (env: Record<string, string>) => {
  const say = vi.fn<(problem: string) => void>()
  await checkHeadKeys(loadConfig(env).audit, say)
  return say.mock.calls.flat()
}

const privateKey = (type: 'ed25519' | 'x25519') =>
  generateKeyPairSync(type as 'ed25519')
    .privateKey.export({ type: 'pkcs8', format: 'pem' })
    .toString()

test('keys that can be used, and none, are nothing to say at the start', async () => {
  expect(await saidOf({})).toEqual([])
  expect(await saidOf({ AUDIT_SIGNING_KEY: privateKey('ed25519') })).toEqual([])
})

test.each([
  ['no key', { AUDIT_SIGNING_KEY: 'a secret of another kind' }, /^AUDIT_SIGNING_KEY must give Ed25519/],
  ['a key that signs nothing', { AUDIT_SIGNING_KEY: privateKey('x25519') }, /^AUDIT_SIGNING_KEY must give/],
  ['a file that is gone', { AUDIT_SIGNING_KEY_FILE: '/nowhere' }, /^AUDIT_SIGNING_KEY_FILE .*ENOENT/],
  ['a file without keys', { AUDIT_PUBLIC_KEYS_FILE: import.meta.filename }, /^AUDIT_PUBLIC_KEYS_FILE .*PEM/],
])('%s is said at the start, with its setting and nothing else of it', async (_, env, problem) => {
  const said = await saidOf(env)
  expect(said).toEqual([expect.stringMatching(problem)])
  expect(said[0]).not.toMatch(/another kind|PRIVATE/)
})

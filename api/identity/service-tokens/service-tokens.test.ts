import { expect, it, vi } from 'vitest'
import type { ActiveServiceToken } from '../../../db/access/service-tokens.ts'
import { byBearer } from '../by-bearer.ts'
import { byRoles } from '../roles-fixture.ts'
import { createServiceTokens } from './service-tokens.ts'
import { hashOfToken, makeTokenText } from './token-text.ts'

const NOW_MS = Date.parse('2026-03-01T12:00:00Z')
const text = makeTokenText()
const token: ActiveServiceToken = {
  ...{ id: 7n, name: 'nightly', roles: ['viewer', 'operator'], hash: hashOfToken(text) },
  expires_at: new Date(NOW_MS + 1_000),
}

function setUp(note = vi.fn(() => Promise.resolve())) {
  let nowMs = NOW_MS
  const find = vi.fn((hash: Buffer) => Promise.resolve(hash.equals(token.hash) ? token : null))
  const tokens = createServiceTokens({ find, watch: () => () => undefined }, note, () => nowMs)
  const pass = (ms: number) => {
    nowMs += ms
  }
  return { tokens, find, note, pass }
}

it('names a program by its token, with the roles and the end that it has', async () => {
  expect(await setUp().tokens.identify(text, '192.0.2.1')).toMatchObject({
    ...{ issuer: 'rollcall', subject: 'service-token-7', name: 'nightly' },
    ...{ roles: ['viewer', 'operator'], validUntilMs: NOW_MS + 1_000 },
  })
})

it('refuses a token that nobody made, and asks for none whose checksum is wrong', async () => {
  const { tokens, find } = setUp()
  const wrong = text.slice(0, -1) + (text.endsWith('a') ? 'b' : 'a')
  await expect(tokens.identify(wrong, '192.0.2.1')).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
  expect(find).not.toHaveBeenCalled()
  await expect(tokens.identify(makeTokenText(), '192.0.2.1')).rejects.toMatchObject({
    code: 'UNAUTHENTICATED',
  })
})

it('says nothing of the token when it refuses it', async () => {
  const other = makeTokenText()
  for (const given of [other, other.slice(0, -1)])
    await expect(setUp().tokens.identify(given, '192.0.2.1')).rejects.toMatchObject({
      message: expect.not.stringContaining(other.slice(9, 20)) as string,
    })
})

it('notes a use once a minute, and neither waits for it nor fails by it', async () => {
  const note = vi.fn(() => new Promise<void>(() => undefined))
  const { tokens, pass } = setUp(note)
  for (let i = 0; i < 10; i++) await tokens.identify(text, '192.0.2.1')
  expect(note).toHaveBeenCalledTimes(1)
  pass(60_000)
  await tokens.identify(text, '192.0.2.1')
  expect(note).toHaveBeenCalledTimes(2)
})

it('takes service tokens beside access tokens, and alone where there are no others', async () => {
  const { tokens } = setUp()
  const ask = (bearer: string, oidc: typeof byRoles | null) =>
    byBearer(tokens, oidc).identify(new Headers({ authorization: `Bearer ${bearer}` }), '192.0.2.1')
  expect((await ask(text, byRoles)).issuer).toBe('rollcall')
  expect((await ask('viewer.auditor', byRoles)).issuer).toBe('https://idp')
  expect((await ask(text, null)).issuer).toBe('rollcall')
  await expect(ask('ey.ey.ey', null)).rejects.toMatchObject({
    code: 'UNAUTHENTICATED',
    message: 'the token is no service token, and this API takes no others',
  })
})

import { createHash } from 'node:crypto'
import { expect, it } from 'vitest'
import type { SignInWay } from '../identity/sessions/sign-in-way.ts'
import { pageOf } from './page.ts'
import { styleHash } from './style.ts'

const away = () => Promise.reject(new Error('not in this test'))
const directory: SignInWay = {
  ...{ kind: 'password', id: 'directory', label: 'Directory', method: 'LDAP' },
  ...{ readGroups: away, check: away, ready: away },
}
const provider: SignInWay = {
  ...{
    kind: 'redirect',
    id: 'idp',
    label: 'idp.example',
    issuer: 'https://idp.example',
    method: 'OPENID_CONNECT',
  },
  ...{ readGroups: away, begin: away, complete: away, signOutAt: away },
}
const page = (more: Partial<Parameters<typeof pageOf>[0]>) =>
  pageOf({
    ...{ publicUrl: 'https://rollcall.example', ways: [provider, directory], actor: null },
    ...{ leavesProvider: false, to: null, problem: null, ...more },
  })
const HOSTILE = `"><script>alert('1')</script>&amp;`

it('nothing that others choose becomes markup', () => {
  const actor = {
    ...{ issuer: HOSTILE, subject: HOSTILE, name: HOSTILE, roles: ['viewer' as const] },
    validUntilMs: Date.UTC(2026, 0, 1),
  }
  for (const text of [page({ problem: HOSTILE, to: HOSTILE }), page({ actor, to: `/${HOSTILE}` })]) {
    expect(text).not.toContain('<script')
    expect(text).not.toContain(`alert('1')`)
    expect(text).toContain('&lt;script&gt;')
  }
})

it('every way is offered, each field has its label, and problems are announced', () => {
  const text = page({ problem: 'the name or the password is wrong', to: '/graphql?query={a}' })
  expect(text).toContain('role="alert">The name or the password is wrong.<')
  expect(text).toContain('href="https://rollcall.example/sign-in/with/idp?to=%2Fgraphql%3Fquery%3D%7Ba%7D"')
  expect(text).toContain('action="https://rollcall.example/sign-in/with/directory"')
  for (const [, id] of text.matchAll(/<input\s+id="([^"]+)"/g)) expect(text).toContain(`for="${id}"`)
  expect(text).toMatch(/lang="en"/)
})

it('the style of the page is the one that its policy allows', () => {
  const [, applied = ''] = /<style>([^]*)<\/style>/.exec(page({})) ?? []
  expect(styleHash).toBe(`'sha256-${createHash('sha256').update(applied).digest('base64')}'`)
})

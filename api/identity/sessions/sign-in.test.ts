import { expect, it, vi } from 'vitest'
import { createAttemptLimits } from '../../limits/attempt-limits.ts'
import { createSignIn, type SignInDeps } from './sign-in.ts'
import type { RecordSignIn } from './sign-in-events.ts'
import { SignInRefused } from './sign-in-way.ts'

it('a typed name that the directory does not know may be a password, and is kept nowhere', async () => {
  const record = vi.fn<RecordSignIn>().mockResolvedValue(true)
  const check = (user: string) => Promise.reject(new SignInRefused('no', { isOfKnownName: user === 'ann' }))
  const deps = {
    ...{ publicUrl: 'https://rollcall.example', record, limits: createAttemptLimits(Date.now) },
    ways: new Map([['ldap', { kind: 'password', id: 'ldap', check }]]),
  }
  const { byPassword } = createSignIn(deps as unknown as SignInDeps)
  const asking = { headers: new Headers(), address: '192.0.2.1' }
  for (const user of ['ann', 'a-marked-password'])
    await expect(byPassword(asking, 'ldap', { user, password: 'x', to: null })).rejects.toThrow('no')
  expect(record.mock.calls.map(([event]) => 'person' in event && event.person)).toEqual(['ann', null])
  expect(JSON.stringify(record.mock.calls)).not.toContain('marked')
})

import { expect, it, vi } from 'vitest'
import { createAttemptLimits } from '../../limits/attempt-limits.ts'
import { createSignIn, type SignInDeps } from './sign-in.ts'
import type { RecordSignIn } from './sign-in-events.ts'
import { SignInRefused, type SignInWay } from './sign-in-way.ts'

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

it('attempts that are not made, because too many failed, are counted for the audit, and the others are each in it', async () => {
  const recorded: string[] = []
  const counted: string[] = []
  const way = {
    ...{ id: 'directory', kind: 'password', method: 'LDAP' },
    check: () => Promise.reject(new SignInRefused('name or password is wrong')),
  } as unknown as SignInWay
  const signIn = createSignIn({
    ...({} as SignInDeps),
    ways: new Map([[way.id, way]]),
    limits: createAttemptLimits(
      () => 0,
      () => Promise.resolve(),
    ),
    record: (event) => {
      recorded.push(event.kind)
      return Promise.resolve(true)
    },
    refused: (address, { code }) => counted.push(`${address} ${code}`),
  })
  const asking = { headers: new Headers(), address: '192.0.2.1' }
  for (let time = 0; time < 10; time++)
    await expect(
      signIn.byPassword(asking, way.id, { user: 'ann', password: 'wrong', to: null }),
    ).rejects.toThrow()
  expect(recorded).toEqual(Array.from({ length: 6 }, () => 'signInRefused'))
  expect(counted).toEqual(Array.from({ length: 4 }, () => '192.0.2.1 TOO_MANY_ATTEMPTS'))
})

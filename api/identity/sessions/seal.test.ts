import { expect, it } from 'vitest'
import { secretOf } from '../../../config/secret.ts'
import { createSeal } from './seal.ts'

const [FIRST, SECOND] = ['first-key-'.repeat(4), 'second-key-'.repeat(4)]
const sealWith = (...keys: string[]) => {
  const secret = secretOf('SESSION_KEY', keys.join('\n'), undefined)
  if (secret === null) throw new Error('there is no key')
  return createSeal(secret)
}

it('what is sealed opens for its place only, and is another text each time', () => {
  const seal = sealWith(FIRST)
  const [one, two] = [seal.close('a refresh token', 'session 1'), seal.close('a refresh token', 'session 1')]
  expect(seal.open(one, 'session 1')).toBe('a refresh token')
  expect(seal.open(one, 'session 2')).toBeNull()
  expect(one.equals(two)).toBe(false)
  expect(one.toString('latin1')).not.toContain('refresh')
})

it('what was changed, cut or is nothing of ours does not open', () => {
  const seal = sealWith(FIRST)
  const sealed = seal.close('a refresh token', 'here')
  for (let at = 0; at < sealed.length; at++) {
    const changed = Buffer.from(sealed)
    changed[at] = (changed[at] ?? 0) ^ 1
    expect(seal.open(changed, 'here'), `byte ${at}`).toBeNull()
  }
  for (const part of [Buffer.alloc(0), sealed.subarray(0, 33), sealed.subarray(0, -1)])
    expect(seal.open(part, 'here')).toBeNull()
})

it('a key is changed by a new one before it: what the old one sealed opens until it is taken away', () => {
  const before = sealWith(FIRST).close('text', 'here')
  const both = sealWith(SECOND, FIRST)
  expect(both.open(before, 'here')).toBe('text')
  const after = both.close('text', 'here')
  expect(sealWith(SECOND).open(after, 'here')).toBe('text')
  expect(sealWith(FIRST).open(after, 'here')).toBeNull()
  expect(sealWith(SECOND).open(before, 'here')).toBeNull()
})

it('a key that can be guessed is refused, though it comes from a file', () => {
  expect(() => {
    sealWith(FIRST, 'short').check()
  }).toThrow('SESSION_KEY has a key of fewer than 32 characters')
})

import { createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import { scramVerifier } from './scram-verifier.ts'

test('a verifier proves the server to a client as in the example of RFC 7677', () => {
  const verifier = scramVerifier('pencil', Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64'))
  expect(verifier).toMatch(/^SCRAM-SHA-256\$4096:W22ZaJ0SNY7soEsUEjb6gQ==\$[\w+/]{43}=:[\w+/]{43}=$/)
  const nonce = 'r=rOprNGfwEbeRWgbNEkqO'
  const both = `${nonce}%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0`
  const message = `n=user,${nonce},${both},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,c=biws,${both}`
  const serverKey = Buffer.from(verifier.slice(verifier.lastIndexOf(':') + 1), 'base64')
  expect(createHmac('sha256', serverKey).update(message).digest('base64')).toBe(
    '6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=',
  )
})

test('the same password has another verifier each time, and none shows it', () => {
  expect(scramVerifier('pencil')).not.toBe(scramVerifier('pencil'))
  expect(scramVerifier('pencil')).not.toContain('pencil')
})

test('a password that clients would prepare in different ways is refused', () => {
  for (const password of ['pässword', 'tab\t', '']) expect(() => scramVerifier(password)).toThrow(RangeError)
})

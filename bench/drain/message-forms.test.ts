import { expect, test } from 'vitest'
import { createLoginSource } from '../../generator/login-source.ts'
import { decodeLogin } from '../../domain/decode/decode-login.ts'
import { rulesWith } from '../../domain/decode/rules-fixture.ts'
import { ScannedMessage, scanMessage } from '../../domain/columns/scan-message.ts'
import { inForm, messageForms, type MessageForm } from './message-forms.ts'

const NOW_SECONDS = 1_784_000_000
const { value: message } = createLoginSource({ seed: 1, users: 10 }).next(NOW_SECONDS)

function loginOf(form: MessageForm, n = 0) {
  const decoded = decodeLogin(Buffer.from(inForm[form](message, n)), {
    nowMs: NOW_SECONDS * 1000,
    rules: rulesWith(),
  })
  if (!decoded.ok) throw new Error(decoded.reason)
  return decoded.login
}

test('a login means the same in every form to every count that is verified', () => {
  const plain = loginOf('plain')
  for (const form of messageForms) {
    const kept = { outcome: 'unknown', extra: null, failureReason: null, eventId: null, sessionId: null }
    expect({ ...loginOf(form), ...kept }).toEqual(plain)
  }
})

test('of a hundred logins 90 succeed in sessions of their own, and 8 fail for a reason', () => {
  const logins = Array.from({ length: 100 }, (_, n) => loginOf('outcomes', n))
  const of = (outcome: string) => logins.filter((login) => login.outcome === outcome)
  expect([of('success').length, of('failure').length, of('unknown').length]).toEqual([90, 8, 2])
  expect(new Set(of('success').map(({ sessionId }) => sessionId)).size).toBe(90)
  for (const { failureReason } of of('failure')) expect(failureReason).toMatch(/\w/)
  expect(of('unknown').map(({ extra }) => extra)).toEqual(Array(2).fill('{"outcome":"challenge"}'))
})

test('blanks are where json.dumps writes them', () => {
  expect(inForm.blanks('{"user_id":"a:b,c","timestamp":5}', 0)).toBe('{"user_id": "a:b,c", "timestamp": 5}')
})

test('unknown keys and text beyond ASCII are kept with the login', () => {
  expect(JSON.parse(loginOf('unknown-keys').extra ?? '')).toEqual({
    network: 'wifi',
    client: { build: 4711, channel: 'store' },
  })
  expect(loginOf('non-ascii').failureReason).toBe('Schlüssel abgelaufen')
})

test('each login has an event_id of its own, as producers make them', () => {
  const ids = [loginOf('event-ids'), loginOf('event-ids')].map(({ eventId }) => eventId)
  expect(new Set(ids).size).toBe(2)
  for (const id of ids) expect(id).toMatch(/^[0-9a-f-]{36}$/)
})

test('the scanner of bytes leaves text beyond ASCII to the decoder, and takes blanks', () => {
  const takes = (form: MessageForm) => {
    const bytes = Buffer.from(inForm[form](message, 0))
    return scanMessage(bytes, 0, bytes.length, new ScannedMessage())
  }
  expect(takes('non-ascii')).toBe(false)
  expect(takes('blanks')).toBe(true)
})

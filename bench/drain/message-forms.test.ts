import { expect, test } from 'vitest'
import { createLoginSource } from '../../generator/login-source.ts'
import { decodeLogin } from '../../domain/decode/decode-login.ts'
import { rulesWith } from '../../domain/decode/rules-fixture.ts'
import { ScannedMessage, scanMessage } from '../../domain/columns/scan-message.ts'
import { inForm, messageForms, type MessageForm } from './message-forms.ts'

const NOW_SECONDS = 1_784_000_000
const { value: message } = createLoginSource({ seed: 1, users: 10 }).next(NOW_SECONDS)

function loginOf(form: MessageForm) {
  const decoded = decodeLogin(Buffer.from(inForm[form](message)), {
    nowMs: NOW_SECONDS * 1000,
    rules: rulesWith(),
  })
  if (!decoded.ok) throw new Error(decoded.reason)
  return decoded.login
}

test('a login means the same to every count in every form', () => {
  const plain = loginOf('plain')
  for (const form of messageForms)
    expect({ ...loginOf(form), extra: null, failureReason: null }).toEqual(plain)
})

test('blanks are where json.dumps writes them', () => {
  expect(inForm.blanks('{"user_id":"a:b,c","timestamp":5}')).toBe('{"user_id": "a:b,c", "timestamp": 5}')
})

test('unknown keys and text beyond ASCII are kept with the login', () => {
  expect(JSON.parse(loginOf('unknown-keys').extra ?? '')).toEqual({
    network: 'wifi',
    client: { build: 4711, channel: 'store' },
  })
  expect(loginOf('non-ascii').failureReason).toBe('Schlüssel abgelaufen')
})

test('the scanner of bytes leaves text beyond ASCII to the decoder, and takes blanks', () => {
  const takes = (form: MessageForm) => {
    const bytes = Buffer.from(inForm[form](message))
    return scanMessage(bytes, 0, bytes.length, new ScannedMessage())
  }
  expect(takes('non-ascii')).toBe(false)
  expect(takes('blanks')).toBe(true)
})

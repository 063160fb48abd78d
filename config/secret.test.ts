import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { readKey, Secret, secretOf } from './secret.ts'

function fileWith(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-secret-'))
  onTestFinished(() => {
    rmSync(folder, { recursive: true })
  })
  const file = join(folder, 'password')
  writeFileSync(file, text)
  return file
}

test('a secret of a file is what the file holds now, without the line break at its end', () => {
  const file = fileWith('first\n')
  const secret = secretOf('KAFKA_SASL_PASSWORD', undefined, file)
  expect(secret?.read()).toBe('first')
  writeFileSync(file, 'sec ond')
  expect(secret?.read()).toBe('sec ond')
})

test.each([
  ['two line breaks', 'the secret\n\n'],
  ['a line break of Windows', 'the secret\r\n'],
  ['a byte order mark', '\u{feff}the secret'],
])('%s, which editors add, is no part of a secret', (_, text) => {
  expect(new Secret('A_FILE', { file: fileWith(text) }).read()).toBe('the secret')
})

test('a file of another encoding is said with its setting, and nothing of it', () => {
  const file = fileWith('')
  writeFileSync(file, Buffer.from('\u{feff}the secret', 'utf16le'))
  expect(() => new Secret('A_FILE', { file }).read()).toThrow(/^A_FILE names a file that is not UTF-8/)
})

test('a file that is gone or empty is said with its setting', () => {
  const gone = secretOf('TEMPORAL_API_KEY', undefined, '/nowhere/key')
  expect(() => gone?.read()).toThrow('TEMPORAL_API_KEY_FILE names a file that cannot be read (ENOENT)')
  const empty = secretOf('TEMPORAL_API_KEY', undefined, fileWith('\n'))
  expect(() => empty?.read()).toThrow('TEMPORAL_API_KEY_FILE names a file that is empty')
})

test('a key in a file that is too short is said with its setting', () => {
  const keyOf = (text: string) => readKey(new Secret('PSEUDONYM_KEY_FILE', { file: fileWith(text) }))
  expect(keyOf(`${'k'.repeat(32)}\n`)).toBe('k'.repeat(32))
  expect(() => keyOf(`${'k'.repeat(31)}\n`)).toThrow(
    'PSEUDONYM_KEY_FILE has a key of fewer than 32 characters',
  )
})

test('nothing that prints a configuration shows a secret', () => {
  const config = { password: secretOf('KAFKA_SASL_PASSWORD', 'pst!', undefined) }
  for (const printed of [JSON.stringify(config), inspect(config), inspect(config, { showHidden: true })])
    expect(printed).not.toContain('pst!')
})

test('without either setting there is no secret', () => {
  expect(secretOf('KAFKA_SASL_PASSWORD', undefined, undefined)).toBeNull()
})

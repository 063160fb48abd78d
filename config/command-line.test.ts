import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { CommandLineConfigError, loadCommandLineConfig } from './command-line.ts'

function fileWith(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-cli-'))
  onTestFinished(() => {
    rmSync(folder, { recursive: true })
  })
  writeFileSync(join(folder, 'token'), text)
  return join(folder, 'token')
}

test('without settings it is local mode on this machine', () => {
  expect(loadCommandLineConfig({})).toMatchObject({
    url: 'http://127.0.0.1:4000',
    token: null,
    isLoopback: true,
  })
})

test('a token comes from its file or its variable, without the line break at its end', () => {
  const url = { ROLLCALL_URL: 'https://rollcall.example/graphql' }
  expect(loadCommandLineConfig({ ...url, ROLLCALL_TOKEN_FILE: fileWith('abc\n') })).toMatchObject({
    url: 'https://rollcall.example',
    token: 'abc',
    isLoopback: false,
  })
  expect(loadCommandLineConfig({ ...url, ROLLCALL_TOKEN: 'abc' }).token).toBe('abc')
})

test.each([
  [{ ROLLCALL_URL: 'rollcall.example' }, /ROLLCALL_URL must be/],
  [{ ROLLCALL_URL: 'ftp://rollcall.example' }, /ROLLCALL_URL must be/],
  [{ ROLLCALL_URL: 'https://me:secret@rollcall.example' }, /no user, password/],
  [{ ROLLCALL_URL: 'http://rollcall.example', ROLLCALL_TOKEN: 'secret' }, /must be https/],
  [{ ROLLCALL_TOKEN: 'secret', ROLLCALL_TOKEN_FILE: '/nowhere' }, /not both/],
  [{ ROLLCALL_TOKEN_FILE: '/nowhere' }, /ROLLCALL_TOKEN_FILE names a file that cannot be read \(ENOENT\)/],
  [{ ROLLCALL_TOKEN: 'secret in two words' }, /ROLLCALL_TOKEN holds no token/],
  [{ ROLLCALL_CA_FILE: '/nowhere' }, /ROLLCALL_CA_FILE names a file/],
])('%o is refused, by the name of the setting and without its value', (env, message) => {
  expect(() => loadCommandLineConfig(env)).toThrow(CommandLineConfigError)
  expect(() => loadCommandLineConfig(env)).toThrow(message)
  expect(() => loadCommandLineConfig(env)).not.toThrow(/secret/)
})

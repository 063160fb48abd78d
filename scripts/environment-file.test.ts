import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { writeEnvironmentFile } from './environment-file.ts'

test('a shell reads the values as they are, nobody else can read them, and they go with the run', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-environment-'))
  onTestFinished(() => {
    rmSync(folder, { recursive: true })
  })
  const file = join(folder, 'environment')
  writeFileSync(file, 'of an earlier run', { mode: 0o644 })
  const DATABASE_URL = `postgres://u:$HOME'"\`\\@h/d`
  const remove = writeEnvironmentFile(file, { DATABASE_URL })
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(execFileSync('sh', ['-c', `. ${file}; printf %s "$DATABASE_URL"`], { encoding: 'utf8' })).toBe(
    DATABASE_URL,
  )
  remove()
  expect(existsSync(file)).toBe(false)
})

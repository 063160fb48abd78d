import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { supervise } from './supervisor.ts'

/** A process that logs its name and stays. */
const staying = `console.log(process.env.NAME); setInterval(() => undefined, 1000)`

test('a restart ends the process and starts it at once with what changed, and is no crash', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-supervisor-'))
  const logFile = join(folder, 'log')
  const said: string[] = []
  const role = supervise(
    {
      name: 'role',
      command: process.execPath,
      args: ['-e', staying],
      env: { NAME: 'first' },
      logFile,
      bookFolder: folder,
    },
    (line) => said.push(line),
  )
  onTestFinished(async () => {
    await role.stop()
    rmSync(folder, { recursive: true, force: true })
  })
  await untilLogged(logFile, 'first\n')
  await role.restart({ env: { NAME: 'second' } })
  await untilLogged(logFile, 'first\nsecond\n')
  await role.restart()
  await untilLogged(logFile, 'first\nsecond\nsecond\n')
  expect(said).toEqual([])
})

test('nothing starts again once it was told to stop', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-supervisor-'))
  const logFile = join(folder, 'log')
  const command = { name: 'role', command: process.execPath, args: ['-e', staying], env: { NAME: 'first' } }
  const role = supervise({ ...command, logFile, bookFolder: folder }, () => undefined)
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true })
  })
  await untilLogged(logFile, 'first\n')
  await role.stop()
  await role.restart()
  expect(readFileSync(logFile, 'utf8')).toBe('first\n')
})

async function untilLogged(file: string, text: string): Promise<void> {
  await expect.poll(() => readFileSync(file, 'utf8'), { timeout: 30_000 }).toBe(text)
}

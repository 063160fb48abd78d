import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { removeAbandonedFolders } from './abandoned-folders.ts'
import { lockFolder, rememberProcess } from './process-book.ts'

function newParent(): string {
  const parent = mkdtempSync(join(tmpdir(), 'rollcall-abandoned-'))
  onTestFinished(() => {
    rmSync(parent, { recursive: true })
  })
  return parent
}

test('the folder of a killed run goes, with the processes it left', async () => {
  const parent = newParent()
  const folder = join(parent, 'test-killed')
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: true })
  const exited = new Promise((resolve) => child.once('exit', resolve))
  rememberProcess(folder, child.pid ?? -1)
  writeFileSync(join(folder, 'lock'), `${process.pid}\nan earlier start`)
  expect(removeAbandonedFolders(parent, 'test-')).toEqual(['test-killed'])
  await exited
  expect(existsSync(folder)).toBe(false)
})

test('folders of live runs, new ones and those of another kind stay', () => {
  const parent = newParent()
  lockFolder(join(parent, 'test-live'))
  mkdirSync(join(parent, 'test-new'))
  lockFolder(join(parent, 'data'))
  expect(removeAbandonedFolders(parent, 'test-')).toEqual([])
  expect(['test-live', 'test-new', 'data'].every((name) => existsSync(join(parent, name)))).toBe(true)
})

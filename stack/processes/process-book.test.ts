import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { endLeftovers, lockFolder, rememberProcess } from './process-book.ts'
import { startOf } from './process-table.ts'

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-book-'))
  onTestFinished(() => {
    rmSync(folder, { recursive: true })
  })
  return folder
}

function newProcess(): { pid: number; exited: Promise<unknown> } {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: true })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  return { pid: child.pid ?? -1, exited: new Promise((resolve) => child.once('exit', resolve)) }
}

test('the next run ends what a killed run has left', async () => {
  const folder = newFolder()
  const leftover = newProcess()
  rememberProcess(folder, leftover.pid)
  lockFolder(folder)
  expect(endLeftovers(folder)).toBe(1)
  await leftover.exited
})

test('a start that finds the folder taken ends nothing of the run that goes on', () => {
  const folder = newFolder()
  const other = newProcess()
  rememberProcess(folder, other.pid)
  writeFileSync(join(folder, 'lock'), `${other.pid}\n${startOf(other.pid) ?? ''}`)
  expect(() => lockFolder(folder)).toThrow(`process ${other.pid}`)
  expect(endLeftovers(folder)).toBe(0)
  expect(startOf(other.pid)).not.toBeNull()
})

test('a process that only has the pid of a leftover is left alone', () => {
  const folder = newFolder()
  const stranger = newProcess()
  mkdirSync(join(folder, 'processes'))
  writeFileSync(join(folder, 'processes', String(stranger.pid)), 'an earlier start')
  lockFolder(folder)
  expect(endLeftovers(folder)).toBe(0)
  expect(startOf(stranger.pid)).not.toBeNull()
})

test('the lock of a process that is gone is taken over, one given back is free', () => {
  const folder = newFolder()
  writeFileSync(join(folder, 'lock'), `${process.pid}\nan earlier start`)
  const unlock = lockFolder(folder)
  expect(() => lockFolder(folder)).toThrow('already runs')
  unlock()
  expect(() => lockFolder(folder)).not.toThrow()
})

import { spawn } from 'node:child_process'
import { expect, onTestFinished, test } from 'vitest'
import { parsePsLine, parseStat, processTable, processTree, startOf } from './process-table.ts'

test('a name with spaces and parentheses does not shift the fields', () => {
  const numbers = Array.from({ length: 20 }, (_, i) => String(100 + i))
  const line = `4242 (a b) c) S 17 ${numbers.join(' ')}\n`
  expect(parseStat(line)).toEqual({ parent: 17, started: '117' })
})

test('a process that has ended is none, also while its parent has not asked how', () => {
  const numbers = Array.from({ length: 20 }, (_, i) => String(100 + i))
  expect(parseStat(`4242 (java) Z 17 ${numbers.join(' ')}\n`)).toBeNull()
})

test('reads what ps prints', () => {
  expect(parsePsLine('  812     1 Mon Nov 23 02:43:48 2026    ')).toEqual([
    [812, { parent: 1, started: 'Mon Nov 23 02:43:48 2026' }],
  ])
  expect(parsePsLine('')).toEqual([])
})

test('a tree holds children and grandchildren, and nothing else', () => {
  const row = (parent: number) => ({ parent, started: '' })
  const table = new Map([
    [1, row(0)],
    [10, row(1)],
    [11, row(10)],
    [12, row(11)],
    [20, row(1)],
  ])
  expect(processTree(10, table)).toEqual([10, 11, 12])
})

test('finds a process of this machine under its parent, and none once it has ended', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  const pid = child.pid ?? -1
  expect(processTree(process.pid, processTable())).toContain(pid)
  expect(startOf(pid)).not.toBeNull()
  child.kill('SIGKILL')
  await new Promise((resolve) => child.once('exit', resolve))
  expect(startOf(pid)).toBeNull()
})

import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { processTable, processTree } from '../../stack/processes/process-table.ts'
import { cloneWithPackages, processesOf, userEnvironment } from '../support/parts/clone.ts'
import { eventually } from '../support/eventually.ts'

const START_TIMEOUT_MS = 90_000

/** `of` is whom the signal is sent to: npm, what it runs, or all that a terminal would end. */
const ends = [
  { signal: 'SIGTERM', of: 'npm', when: 'Ctrl-C' },
  { signal: 'SIGKILL', of: 'npm', when: 'Ctrl-C' },
  { signal: 'SIGTERM', of: 'its script', when: 'Ctrl-C' },
  { signal: 'SIGKILL', of: 'its script', when: 'Ctrl-C' },
  { signal: 'SIGHUP', of: 'its terminal', when: 'Ctrl-C' },
  { signal: 'SIGKILL', of: 'its terminal', when: 'Ctrl-C' },
  { signal: 'SIGKILL', of: 'npm', when: 'exec node' },
] as const

test.each(ends)('$signal of $of leaves nothing behind, sent after "$when"', async ({ signal, of, when }) => {
  const clone = await cloneWithPackages()
  const npm = runStack(clone)
  await eventually(() => {
    expect(npm.output()).toContain(when)
  }, START_TIMEOUT_MS)
  const script = await eventually(() => {
    const child = processTree(npm.pid, processTable())[1]
    if (child === undefined) throw new Error('npm runs nothing yet')
    return child
  })
  process.kill(of === 'npm' ? npm.pid : of === 'its script' ? script : -npm.pid, signal)
  await eventually(async () => {
    expect(await processesOf(clone)).toEqual([])
    expect(processTable().has(script)).toBe(false)
  }, START_TIMEOUT_MS)
})

test('a download ends with the run that waits for it', async () => {
  const clone = await cloneWithPackages()
  // Stands for a slow Maven: the parts come from far away.
  const slow = join(clone, 'mvn')
  writeFileSync(slow, '#!/bin/sh\nexec sleep 600\n', { mode: 0o755 })
  const npm = runStack(clone, {
    PATH: `${clone}:${userEnvironment()['PATH'] ?? ''}`,
    KAFKA_BROKERS: undefined,
  })
  await eventually(() => {
    expect(npm.output()).toContain('downloading Kafka')
  }, START_TIMEOUT_MS)
  const tree = processTree(npm.pid, processTable())
  process.kill(npm.pid, 'SIGKILL')
  await eventually(() => {
    expect(tree.filter((pid) => processTable().has(pid))).toEqual([])
  }, START_TIMEOUT_MS)
})

/** `npm run stack` with the parts that start soonest: Postgres and its replica. */
function runStack(clone: string, environment: Record<string, string | undefined> = {}) {
  // A process group of its own, as a terminal gives it.
  const child = spawn('npm', ['run', 'stack'], {
    cwd: clone,
    detached: true,
    env: {
      ...userEnvironment(),
      KAFKA_BROKERS: '127.0.0.1:1',
      TEMPORAL_ADDRESS: '127.0.0.1:1',
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const pid = child.pid ?? -1
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
  onTestFinished(() => {
    for (const member of processTree(pid, processTable())) {
      try {
        process.kill(member, 'SIGKILL')
      } catch {
        // It has ended, as it should.
      }
    }
  })
  return { pid, output: () => output }
}

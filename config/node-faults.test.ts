import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const at = (path: string) => JSON.stringify(fileURLToPath(new URL(path, import.meta.url)))

/** What a process whose log has the faults of Node.js writes when it does this. */
function run(work: string) {
  const code = `
    const { createLogger } = await import(${at('./logger.ts')})
    const { logNodeFaults } = await import(${at('./node-faults.ts')})
    logNodeFaults(createLogger('info', 'worker'))
    ${work}`
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
    encoding: 'utf8',
  })
  const lines = stdout.split('\n').filter((line) => line !== '')
  return { status, stderr, lines: lines.map((line) => JSON.parse(line) as Record<string, unknown>) }
}

test('warnings and deprecations are lines of the log, each kind once, and no text on standard error', () => {
  const { status, stderr, lines } = run(`
    for (let n = 1; n <= 3; n++) process.emitWarning('leak of ' + n + ' listeners', 'MaxListenersExceededWarning')
    setTimeout(() => undefined, -1)
    process.emitWarning('it is old', 'DeprecationWarning', 'DEP0001')`)
  expect([status, stderr]).toEqual([0, ''])
  expect(lines).toMatchObject([
    {
      'log.level': 'warn',
      'error.type': 'MaxListenersExceededWarning',
      'error.message': 'leak of 1 listeners',
    },
    { 'log.level': 'warn', 'error.type': 'DeprecationWarning', 'error.message': 'it is old' },
  ])
})

test.each([
  ['uncaughtException', "setTimeout(() => { throw new TypeError('nobody') })"],
  ['unhandledRejection', "void Promise.reject(new TypeError('nobody'))"],
])('an error that nobody caught is a line with its stack, and ends the process: %s', (origin, work) => {
  const { status, stderr, lines } = run(work)
  expect([status, stderr]).toEqual([1, ''])
  expect(lines).toMatchObject([
    {
      ...{ 'log.level': 'fatal', 'error.type': 'TypeError', 'error.message': 'nobody' },
      'error.stack_trace': expect.stringContaining('at ') as string,
      message: expect.stringContaining(origin) as string,
    },
  ])
})

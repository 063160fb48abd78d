import { spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { removeAbandonedFolders } from '../stack/abandoned-folders.ts'
import { addTotals, noTotals, readTotals, totalsLine, type Totals } from './test-totals.ts'

// `npm test`: every check, in the order of how soon each one knows. Ends at the first that fails.

type Step = { name: string; command: string; args: string[]; report?: string }

const project = fileURLToPath(new URL('..', import.meta.url))
const reports = join(project, '.rollcall', 'reports')
mkdirSync(reports, { recursive: true })

const tests = (name: string, vitestProject: string): Step => {
  const report = join(reports, `${vitestProject}.json`)
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  return { name, command: 'vitest', args: ['run', '--project', vitestProject, ...reporters], report }
}

const steps: Step[] = [
  { name: 'formatting', command: 'prettier', args: ['--check', '--log-level', 'warn', '.'] },
  { name: 'lint', command: 'eslint', args: ['.'] },
  { name: 'types', command: 'tsc', args: [] },
  tests('unit tests', 'unit'),
  tests('tests on the real parts', 'stack'),
  tests('tests that take parts away', 'faults'),
]

// Ctrl-C reaches the running step as well; this process follows and cleans up.
process.on('SIGINT', () => undefined)

let totals = noTotals
for (const step of steps) {
  console.log(`\n── ${step.name}`)
  const startedAtMs = Date.now()
  const succeeded = await run(step)
  totals = addTotals(totals, totalsOf(step, succeeded, startedAtMs))
  const seconds = ((Date.now() - startedAtMs) / 1000).toFixed(1)
  console.log(`── ${step.name}: ${succeeded ? 'passed' : 'FAILED'} in ${seconds} s`)
  if (!succeeded) {
    process.exitCode = 1
    break
  }
}
// Parts of a run that was ended in the middle.
removeAbandonedFolders(join(project, '.rollcall'), 'test-')
console.log(`\n${totalsLine(totals)}`)

/** Runs a step with its output shown. */
async function run({ command, args }: Step): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const child = spawn(join(project, 'node_modules', '.bin', command), args, {
    cwd: project,
    stdio: 'inherit',
  })
  const passOn = (signal: NodeJS.Signals) => child.kill(signal)
  process.on('SIGTERM', passOn)
  child.once('error', (error) => {
    console.error(error.message)
    resolve(false)
  })
  child.once('exit', (code) => {
    process.off('SIGTERM', passOn)
    resolve(code === 0)
  })
  return await promise
}

/** A step that fails without a failing test, such as lint or a set-up that breaks, counts as one failure. */
function totalsOf(step: Step, succeeded: boolean, startedAtMs: number): Totals {
  const counted = step.report === undefined ? noTotals : readTotals(step.report, startedAtMs)
  return !succeeded && counted.failed === 0 ? { ...counted, failed: 1 } : counted
}

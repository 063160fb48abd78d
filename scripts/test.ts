import { spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { removeAbandonedFolders } from '../stack/processes/abandoned-folders.ts'
import { endWithParent } from '../stack/processes/end-with-parent.ts'
import { addTotals, noTotals, readTotals, totalsLine, type Totals } from './test-totals.ts'

// `npm test` runs every check, the quick ones first, and ends after the first stage in which one fails.
// `npm run check` passes --quick: it runs the checks that need no Kafka, Temporal or Postgres.

type Step = { name: string; command: string; args: string[]; report?: string }

const project = fileURLToPath(new URL('..', import.meta.url))
const reports = join(project, '.rollcall', 'reports')
mkdirSync(reports, { recursive: true })

const tests = (name: string, vitestProject: string): Step => {
  const report = join(reports, `${vitestProject}.json`)
  const reporters = [
    ...['--reporter=default', '--reporter=scripts/report-retries.ts'],
    ...['--reporter=json', `--outputFile.json=${report}`],
  ]
  return { name, command: 'vitest', args: ['run', '--project', vitestProject, ...reporters], report }
}

/** What a reading keeps for the next one: of formatting the files that passed, of types what each file exports. */
const kept = (name: string): string => join(project, '.rollcall', 'readings', name)

const readings: Step[] = [
  {
    name: 'formatting',
    command: 'prettier',
    args: [
      ...['--check', '--log-level', 'warn', '.'],
      ...['--cache', '--cache-strategy', 'content', '--cache-location', kept('formatting')],
    ],
  },
  // Without a cache: it would keep what is said of a file while the types that it imports change.
  { name: 'lint', command: 'eslint', args: ['.'] },
  { name: 'types', command: 'tsc', args: ['--incremental', '--tsBuildInfoFile', kept('types')] },
]
const unit = tests('unit tests', 'unit')

/** The steps of a stage run side by side. */
const stages: Step[][] = process.argv.includes('--quick')
  ? [[unit, ...readings]]
  : [
      [unit, ...readings],
      // Side by side, because each has its own Kafka, Temporal and Postgres and waits most of its time.
      [tests('tests on the real parts', 'stack'), tests('tests that take parts away', 'faults')],
    ]

// Ctrl-C also reaches the running steps; this process waits for them and cleans up.
process.on('SIGINT', () => undefined)
endWithParent()

let totals = noTotals
for (const stage of stages) {
  const results = await Promise.all(stage.map((step, place) => report(step, place === 0)))
  totals = results.reduce(addTotals, totals)
  if (results.some(({ failed }) => failed > 0)) {
    process.exitCode = 1
    break
  }
}
// Removes what a run left that was ended in the middle.
removeAbandonedFolders(join(project, '.rollcall'), 'test-')
console.log(`\n${totalsLine(totals)}`)

/** Runs a step and prints its result. `isShown` prints its output as it comes, otherwise at its end. */
async function report(step: Step, isShown: boolean): Promise<Totals> {
  if (isShown) console.log(`\n── ${step.name}`)
  const startedAtMs = Date.now()
  const { succeeded, output } = await run(step, isShown)
  const seconds = ((Date.now() - startedAtMs) / 1000).toFixed(1)
  if (!isShown) console.log(`\n── ${step.name}\n${output}`)
  console.log(`── ${step.name}: ${succeeded ? 'passed' : 'FAILED'} in ${seconds} s`)
  return totalsOf(step, succeeded, startedAtMs)
}

async function run(
  { command, args }: Step,
  isShown: boolean,
): Promise<{ succeeded: boolean; output: string }> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const child = spawn(join(project, 'node_modules', '.bin', command), args, {
    cwd: project,
    env: { ...process.env, NPM_PID: String(process.pid) },
    stdio: isShown ? 'inherit' : ['inherit', 'pipe', 'pipe'],
  })
  const output: Buffer[] = []
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      output.push(chunk)
    })
  }
  const passOn = (signal: NodeJS.Signals) => child.kill(signal)
  process.on('SIGTERM', passOn)
  child.once('error', (error) => {
    console.error(error.message)
    resolve(false)
  })
  child.once('close', (code) => {
    process.off('SIGTERM', passOn)
    resolve(code === 0)
  })
  const succeeded = await promise
  return { succeeded, output: Buffer.concat(output).toString() }
}

/** Counts a step that fails without a failed test, such as lint or a broken set-up, as one failure. */
function totalsOf(step: Step, succeeded: boolean, startedAtMs: number): Totals {
  const counted = step.report === undefined ? noTotals : readTotals(step.report, startedAtMs)
  return !succeeded && counted.failed === 0 ? { ...counted, failed: 1 } : counted
}

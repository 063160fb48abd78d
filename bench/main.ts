import { UsageError } from '../cli/command-line.ts'
import { parseArguments, type BenchOptions } from './arguments.ts'
import { withBenchStack, type BenchStack, type BenchStackOptions } from './bench-stack.ts'
import { createBaseline } from './drain/baseline-subject.ts'
import { commitOf, thisCheckout, withCheckout } from './drain/checkout.ts'
import type { DrainResult } from './drain/drain.ts'
import { prepareFlink, requireCompiler } from './drain/flink/flink-program.ts'
import { createFlink } from './drain/flink/flink-subject.ts'
import { createRollcall } from './drain/rollcall-subject.ts'
import { runDrains } from './drain/run-drains.ts'
import { createVersion } from './drain/version-subject.ts'
import { runIdle } from './idle/idle.ts'
import { reportIdle } from './idle/report-idle.ts'
import { runLive } from './live/live.ts'
import { reportLive } from './live/report-live.ts'
import { runPaced } from './paced/run-paced.ts'
import type { Program } from './program.ts'
import { runQueries } from './queries/queries.ts'
import { runQueriesAgainst } from './queries/queries-against.ts'
import { runScale } from './scale/scale.ts'
import { spread } from './table.ts'
import { endWithParent } from '../stack/processes/end-with-parent.ts'
import { usage } from './usage.ts'

// The command `npm run bench`. Its usage is in usage.ts.

const say = (line: string) => {
  console.log(line)
}
endWithParent()
const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    stop.abort(new Error(`stopped by ${signal}`))
  })
}
try {
  const options = parseArguments(process.argv.slice(2))
  if (options.command === 'queries')
    if (options.against === null) await runQueries(options, say, stop.signal)
    else await runQueriesAgainst(options, options.against, say, stop.signal)
  else if (options.command === 'idle') {
    await onStack(async (stack) => {
      say(reportIdle(await runIdle(stack, options)))
    })
  } else if (options.command === 'live') {
    await onStack(async (stack) => {
      say(reportLive(await runLive(stack, options)))
    })
  } else if (options.command === 'scale') await onStack((stack) => runScale(stack, options))
  else if (options.against !== null) await runAgainst(options, options.against)
  else if (options.flink) await runBesideFlink(options)
  else if (options.tls) await runOverTls(options)
  else await onStack((stack) => runBenchmark(stack, options, programsOf(options)))
  process.exit(0)
} catch (error) {
  if (error instanceof UsageError) console.error(`${error.message}\n\n${usage}`)
  else console.error(error instanceof Error ? error.message : String(error))
  process.exit(1)
}

function onStack(work: (stack: BenchStack) => Promise<void>, options: BenchStackOptions = {}): Promise<void> {
  return withBenchStack(stop.signal, say, work, options)
}

function programsOf({ workers, baseline }: BenchOptions): Program[] {
  const rollcall = { create: createRollcall }
  if (workers.length > 1)
    return workers.map((count) => ({
      ...rollcall,
      name: count === 1 ? '1 worker' : `${count} workers`,
      workers: count,
    }))
  const alone = { ...rollcall, name: 'rollcall', workers: workers[0] ?? 1 }
  return baseline ? [alone, { name: 'baseline', create: createBaseline, workers: 1 }] : [alone]
}

async function runAgainst(options: BenchOptions, ref: string): Promise<void> {
  const commit = await commitOf(ref)
  await withCheckout(commit, say, stop.signal, (other) =>
    onStack((stack) => {
      const programs = [thisCheckout, other].map((checkout): Program => ({
        name: checkout.name,
        create: (...of) => createVersion(...of, checkout),
        workers: options.workers[0] ?? 1,
      }))
      return runBenchmark(stack, options, programs)
    }),
  )
}

async function runBesideFlink(options: BenchOptions): Promise<void> {
  await requireCompiler()
  await onStack(async (stack) => {
    const program = await prepareFlink(stack)
    const flink = (['users', 'counts'] as const).map((variant): Program => ({
      name: `flink-${variant}`,
      create: (...of) => createFlink(...of, variant, program),
      workers: 1,
    }))
    await runBenchmark(stack, options, [...programsOf(options), ...flink])
  })
}

/** On two stacks, because a wire that takes both is not the one that people run. */
async function runOverTls(options: BenchOptions): Promise<void> {
  const program = (name: string): Program => ({
    ...{ name, create: createRollcall, workers: options.workers[0] ?? 1 },
  })
  const compare = (plain: BenchStack, encrypted: BenchStack) =>
    runDrains(
      options,
      [
        { stack: encrypted, program: program('encrypted') },
        { stack: plain, program: program('plain') },
      ],
      say,
    )
  // Both brokers are optimised, as the encrypted one always is.
  await onStack(
    (plain) =>
      onStack(
        async (encrypted) => {
          await compare(plain, encrypted)
        },
        { isEncrypted: true },
      ),
    { isBrokerOptimised: true },
  )
}

/** Runs a drain, paced, or both, the rate of paced being half of what the drain reached. */
async function runBenchmark(stack: BenchStack, options: BenchOptions, programs: Program[]): Promise<void> {
  const { command, ratePerSecond } = options
  const contenders = programs.map((program) => ({ stack, program }))
  const drained =
    command === 'paced' && ratePerSecond !== null ? [] : await runDrains(options, contenders, say)
  if (command !== 'drain') await runPaced(stack, options, programs, ratePerSecond ?? halfOf(drained))
}

function halfOf(drained: readonly DrainResult[]): number {
  const rates = drained
    .filter(({ subject }) => subject === 'rollcall')
    .map(({ eventsPerSecond }) => eventsPerSecond)
  return Math.max(1, Math.round(spread(rates).median / 2))
}

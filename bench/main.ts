import { UsageError } from '../cli/command-line.ts'
import { parseArguments, usage, type BenchOptions } from './arguments.ts'
import { loadConfig } from '../config/config.ts'
import { createLoginSource } from '../generator/login-source.ts'
import { preload, type Backlog } from './drain/backlog.ts'
import { createBaseline } from './drain/baseline-subject.ts'
import { withBenchStack, type BenchStack } from './bench-stack.ts'
import { drain, type DrainResult } from './drain/drain.ts'
import { paced, type PacedResult } from './paced/paced.ts'
import { runQueries } from './queries/queries.ts'
import { prepareFlink, requireCompiler } from './drain/flink/flink-program.ts'
import { createFlink } from './drain/flink/flink-subject.ts'
import { reportDrain } from './drain/report-drain.ts'
import { createReturningUsers } from './drain/returning-users.ts'
import { reportPaced } from './paced/report-paced.ts'
import { createRollcall } from './drain/rollcall-subject.ts'
import type { Subject } from './drain/subject.ts'
import { endWithParent } from '../stack/processes/end-with-parent.ts'
import { turns } from './turns.ts'
import { commitOf, thisCheckout, withCheckout } from './drain/checkout.ts'
import { createVersion } from './drain/version-subject.ts'
import { spread } from './table.ts'
import { createTopic } from './topics.ts'

// The command `npm run bench`. Its usage is in arguments.ts.

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
  if (options.command === 'queries') await runQueries(options, say, stop.signal)
  else if (options.against !== null) await runAgainst(options, options.against)
  else if (options.flink) await runBesideFlink(options)
  else {
    const makers = options.baseline ? [createRollcall, createBaseline] : [createRollcall]
    await withBenchStack(stop.signal, say, (stack) => runBenchmark(stack, options, makers))
  }
  process.exit(0)
} catch (error) {
  if (error instanceof UsageError) console.error(`${error.message}\n\n${usage}`)
  else console.error(error instanceof Error ? error.message : String(error))
  process.exit(1)
}

/** Creates a program to be measured, with a database of its own. */
type Maker = (stack: BenchStack, topic: string) => Promise<Subject>

async function runAgainst(options: BenchOptions, ref: string): Promise<void> {
  const commit = await commitOf(ref)
  await withCheckout(commit, say, stop.signal, (other) =>
    withBenchStack(stop.signal, say, async (stack) => {
      const makers = [thisCheckout, other].map(
        (checkout): Maker =>
          (...of) =>
            createVersion(...of, checkout),
      )
      await runDrains(stack, options, makers)
    }),
  )
}

async function runBesideFlink(options: BenchOptions): Promise<void> {
  await requireCompiler()
  await withBenchStack(stop.signal, say, async (stack) => {
    const program = await prepareFlink(stack)
    const flink = (['users', 'counts'] as const).map(
      (variant): Maker =>
        (...of) =>
          createFlink(...of, variant, program),
    )
    await runDrains(stack, options, [createRollcall, ...flink])
  })
}

async function runBenchmark(stack: BenchStack, options: BenchOptions, makers: Maker[]): Promise<void> {
  const drained =
    options.command === 'paced' && options.ratePerSecond !== null
      ? null
      : await runDrains(stack, options, makers)
  if (options.command === 'drain') return
  await runPaced(stack, options, makers, options.ratePerSecond ?? halfOf(drained ?? []))
}

async function runDrains(stack: BenchStack, options: BenchOptions, makers: Maker[]): Promise<DrainResult[]> {
  const backlog = await fillBacklog(stack, options)
  const results: DrainResult[] = []
  // The broker's JVM compiles in its first half minute, which takes CPU from the measured programs.
  const warmUp = turns(1, makers)
  for (const [turn, create] of [...warmUp, ...turns(options.rounds, makers)].entries()) {
    const isWarmUp = turn < warmUp.length
    const result = await withSubject(create(stack, backlog.topic), (subject) =>
      drain(stack, subject, backlog, options.workers),
    )
    const speed = `${result.subject}: ${Math.round(result.eventsPerSecond)} logins/s, results verified`
    say(isWarmUp ? `${speed} (to warm up, not counted)` : speed)
    if (!isWarmUp) results.push(result)
  }
  say(reportDrain(results, options.events))
  return results
}

async function fillBacklog(stack: BenchStack, options: BenchOptions): Promise<Backlog> {
  const { warmUp, events, users, flink } = options
  say(`preloading ${warmUp + events} logins of ${users} users`)
  return await preload(stack.environment, {
    topic: 'backlog',
    events: warmUp + events,
    warmUp,
    source: flink ? createReturningUsers(1, users) : createLoginSource({ seed: 1, users, stream: events }),
    stop: stack.stop,
  })
}

async function runPaced(
  stack: BenchStack,
  options: BenchOptions,
  makers: Maker[],
  ratePerSecond: number,
): Promise<void> {
  const { seconds, users } = options
  const results: PacedResult[] = []
  for (const [index, create] of turns(options.rounds, makers).entries()) {
    const topic = `paced-${index}`
    await createTopic(loadConfig(stack.environment).kafka, topic)
    say(`sending ${ratePerSecond} logins/s for ${seconds} s`)
    results.push(
      await withSubject(create(stack, topic), (subject) =>
        paced(stack, subject, { ratePerSecond, seconds, users }),
      ),
    )
  }
  say(reportPaced(results))
}

function halfOf(drained: readonly DrainResult[]): number {
  const rates = drained
    .filter(({ subject }) => subject === 'rollcall')
    .map(({ eventsPerSecond }) => eventsPerSecond)
  return Math.max(1, Math.round(spread(rates).median / 2))
}

async function withSubject<T>(creating: Promise<Subject>, work: (subject: Subject) => Promise<T>) {
  const subject = await creating
  try {
    return await work(subject)
  } finally {
    await subject.remove()
  }
}

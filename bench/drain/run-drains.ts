import type { BenchOptions } from '../arguments.ts'
import type { BenchStack } from '../bench-stack.ts'
import { createLoginSource } from '../../generator/login-source.ts'
import type { Program } from '../program.ts'
import { turns } from '../turns.ts'
import { preload, type Backlog } from './backlog.ts'
import { drain, type DrainResult } from './drain.ts'
import { reportDrain } from './report-drain.ts'
import { createReturningUsers } from './returning-users.ts'

/** A program, and where it runs. */
export type Contender = { stack: BenchStack; program: Program }

/** Lets programs drain the same topic in turns, each on its stack, and reports the results. */
export async function runDrains(
  options: BenchOptions,
  contenders: readonly Contender[],
  say: (line: string) => void,
): Promise<DrainResult[]> {
  const backlogs = new Map<BenchStack, Backlog>()
  for (const { stack } of contenders)
    if (!backlogs.has(stack)) backlogs.set(stack, await fillBacklog(stack, options))
  const all = contenders.flatMap(({ stack, program }) => {
    const backlog = backlogs.get(stack)
    return backlog === undefined ? [] : [() => drain(stack, program, backlog)]
  })
  const results: DrainResult[] = []
  // The broker's JVM compiles in its first half minute, which takes CPU from the measured programs.
  const warmUp = turns(1, all)
  for (const [turn, run] of [...warmUp, ...turns(options.rounds, all)].entries()) {
    const isWarmUp = turn < warmUp.length
    const result = await run()
    const speed = `${result.subject}: ${Math.round(result.eventsPerSecond)} logins/s, results verified`
    say(isWarmUp ? `${speed} (to warm up, not counted)` : speed)
    if (!isWarmUp) results.push(result)
  }
  say(reportDrain(results, options.events))
  return results
}

async function fillBacklog(stack: BenchStack, options: BenchOptions): Promise<Backlog> {
  const { warmUp, events, users, flink, partitions, messages } = options
  stack.say(`preloading ${warmUp + events} logins of ${users} users`)
  return await preload(stack.environment, {
    topic: 'backlog',
    partitions,
    events: warmUp + events,
    warmUp,
    form: messages,
    source: flink ? createReturningUsers(1, users) : createLoginSource({ seed: 1, users, stream: events }),
    stop: stack.stop,
  })
}

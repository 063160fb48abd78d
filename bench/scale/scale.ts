import { writeFileSync } from 'node:fs'
import type { ScaleOptions } from '../arguments.ts'
import type { BenchStack } from '../bench-stack.ts'
import { preload, type Backlog } from '../drain/backlog.ts'
import { drain } from '../drain/drain.ts'
import { createReturningUsers } from '../drain/returning-users.ts'
import { createRollcall } from '../drain/rollcall-subject.ts'
import type { Program } from '../program.ts'
import { turns } from '../turns.ts'
import { casesOf, type Case } from './cases.ts'
import { drawScale } from './draw-scale.ts'
import { reportScale, summarise, type ScaleRun } from './report-scale.ts'

const worker: Program = { name: 'rollcall', create: createRollcall, workers: 1 }

/** Measures what a login costs one worker in topics of several sizes and numbers of partitions. */
export async function runScale(stack: BenchStack, options: ScaleOptions): Promise<void> {
  const { rounds, picture } = options
  const topics: { of: Case; backlog: Backlog }[] = []
  for (const of of casesOf(options.events)) topics.push({ of, backlog: await fill(stack, options, of) })
  const runs: ScaleRun[] = []
  const measure = async ({ of, backlog }: (typeof topics)[number], note = '') => {
    const result = await drain(stack, worker, backlog)
    const speed = `${Math.round(result.eventsPerSecond)} logins/s, results verified`
    stack.say(`${nameOf(of)}: ${speed}${note}`)
    return { of, result }
  }
  // The broker's JVM compiles in its first half minute, which takes CPU from the worker.
  for (const topic of topics.slice(0, 1)) await measure(topic, ' (to warm up, not counted)')
  for (const topic of turns(rounds, topics)) runs.push(await measure(topic))
  const costs = summarise(runs)
  stack.say(reportScale(costs, runs))
  if (picture !== null) writeFileSync(picture, drawScale(costs))
}

const nameOf = ({ events, partitions }: Case) =>
  `${events} logins in ${partitions} ${partitions === 1 ? 'partition' : 'partitions'}`

async function fill(stack: BenchStack, options: ScaleOptions, of: Case): Promise<Backlog> {
  const { warmUp, users } = options
  const { events, partitions } = of
  stack.say(`preloading ${nameOf({ events: warmUp + events, partitions })} of ${users} users`)
  return await preload(stack.environment, {
    topic: `scale-${events}-${partitions}`,
    partitions,
    events: warmUp + events,
    warmUp,
    form: 'plain',
    source: createReturningUsers(1, users),
    stop: stack.stop,
  })
}

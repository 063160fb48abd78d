import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '../../stack/processes/ports.ts'
import type { RunningProcess } from '../../stack/processes/process.ts'
import { roleArguments } from '../../stack/role-arguments.ts'
import type { IdleOptions } from '../arguments.ts'
import type { BenchStack } from '../bench-stack.ts'
import { lastLines } from '../drain/drain.ts'
import { recordResources } from '../drain/resources.ts'
import { createRollcall } from '../drain/rollcall-subject.ts'
import type { Subject } from '../drain/subject.ts'
import { createTopic, PARTITIONS } from '../topics.ts'
import { turns } from '../turns.ts'

/** CPU of each process during one turn, in percent of a core. */
export type IdleResult = { rollcall: 'runs' | 'is off'; percent: Record<string, number> }

const TOPIC = 'idle'
const USERS = 1_000
/** Many times as long as any benchmark takes: the sender is ended with it. */
const SEND_SECONDS = 24 * 60 * 60
const STOP_GRACE_MS = 10_000

/**
 * Measures what the parts use while a login arrives now and then, with worker and API and without, in turns.
 * The sender runs all the time and is not counted.
 */
export async function runIdle(stack: BenchStack, options: IdleOptions): Promise<IdleResult[]> {
  const subject = await createRollcall(stack, { topic: TOPIC, partitions: PARTITIONS })
  await createTopic(subject.config.kafka, TOPIC, PARTITIONS)
  const schedule = [Date.now(), options.ratePerSecond, options.ratePerSecond * SEND_SECONDS, USERS].map(
    String,
  )
  const sender = stack.launch('sender', ['bench/paced/send-paced.ts', ...schedule], subject.environment)
  const results: IdleResult[] = []
  try {
    for (const rollcall of turns(options.rounds, ['is off', 'runs'] as const)) {
      const result = await turn(stack, subject, sender, options, rollcall)
      const sum = Object.values(result.percent).reduce((total, percent) => total + percent, 0)
      stack.say(`Rollcall ${rollcall}: all processes take ${sum.toFixed(1)} % of a core`)
      results.push(result)
    }
  } finally {
    await sender.stop('SIGKILL', STOP_GRACE_MS)
  }
  return results
}

async function turn(
  stack: BenchStack,
  subject: Subject,
  sender: RunningProcess,
  { settleSeconds, seconds }: IdleOptions,
  rollcall: IdleResult['rollcall'],
): Promise<IdleResult> {
  const running = rollcall === 'runs' ? await launch(stack, subject) : []
  const wait = async (duration: number) => {
    await sleep(duration * 1000, undefined, { signal: stack.stop })
    const ended = [sender, ...running].find((one) => one.hasExited())
    if (ended !== undefined) throw new Error(`${ended.name} ended: ${await lastLines(stack, ended)}`)
  }
  try {
    await wait(settleSeconds)
    const pids = Object.fromEntries(running.map(({ name, pid }) => [name, pid]))
    const recorder = recordResources({ ...stack.pids, ...pids })
    try {
      const startMs = Date.now()
      await wait(seconds)
      const endMs = Date.now()
      const used = Object.entries(recorder.between(startMs, endMs))
      const percentOf = (cpuSeconds: number) => (cpuSeconds * 100_000) / (endMs - startMs)
      return {
        rollcall,
        percent: Object.fromEntries(used.map(([name, { cpuSeconds }]) => [name, percentOf(cpuSeconds)])),
      }
    } finally {
      recorder.stop()
    }
  } finally {
    await Promise.all(running.map((one) => one.stop('SIGTERM', STOP_GRACE_MS)))
  }
}

async function launch(stack: BenchStack, subject: Subject): Promise<RunningProcess[]> {
  const port = await freePort(0)
  const api = { ...subject.environment, API_PORT: String(port) }
  return [
    stack.launch('worker', roleArguments('worker'), subject.environment),
    stack.launch('api', roleArguments('api'), api),
  ]
}

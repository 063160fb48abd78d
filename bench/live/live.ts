import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '../../stack/processes/ports.ts'
import type { RunningProcess } from '../../stack/processes/process.ts'
import { roleArguments } from '../../stack/role-arguments.ts'
import type { LiveOptions } from './live-arguments.ts'
import type { BenchStack } from '../bench-stack.ts'
import { lastLines } from '../drain/drain.ts'
import { recordResources, residentMiB } from '../drain/resources.ts'
import { createRollcall } from '../drain/rollcall-subject.ts'
import type { Subject } from '../drain/subject.ts'
import { latencies, type Latencies, type Look } from '../paced/latency.ts'
import { createTopic, PARTITIONS } from '../topics.ts'
import { untilApiAnswers } from '../until-api-answers.ts'

export type LiveResult = LiveOptions & {
  /** CPU of the API, in percent of a core. */
  percent: number
  /** Resident memory of the API, at the beginning and after each tenth of the time. */
  memoryMiB: number[]
  /** Answers that every subscriber got. */
  answers: number
  /** From the scheduled time of a login to the moment the last subscriber has it. */
  latencyMs: Latencies
}

const TOPIC = 'live'
const USERS = 10_000
/** Until then everything has started, is compiled, and every subscriber is connected. */
const WARM_UP_SECONDS = 20
const LEAD_MS = 1_500
/** The last login shows within this time. */
const TAIL_MS = 3_000
const STOP_GRACE_MS = 10_000
const STEPS = 10

/** Measures an API that sends one live question to many subscribers while logins arrive. */
export async function runLive(stack: BenchStack, options: LiveOptions): Promise<LiveResult> {
  const { subscribers, ratePerSecond, seconds } = options
  const subject = await createRollcall(stack, { topic: TOPIC, partitions: PARTITIONS })
  await createTopic(subject.config.kafka, TOPIC, PARTITIONS)
  const port = await freePort(0)
  const worker = subject.launch()
  const api = launchApi(stack, subject, port, subscribers)
  await untilApiAnswers(stack, api, port)
  const startMs = Date.now() + LEAD_MS
  const schedule = [startMs, ratePerSecond, ratePerSecond * (WARM_UP_SECONDS + seconds), USERS].map(String)
  const sender = stack.launch('sender', ['bench/paced/send-paced.ts', ...schedule], subject.environment)
  const readers = stack.launch(
    'readers',
    ['bench/live/subscribers.ts', String(port), String(subscribers)],
    {},
  )
  const running = [readers, sender, api, worker]
  try {
    const measuredFromMs = startMs + WARM_UP_SECONDS * 1000
    await wait(stack, running, measuredFromMs - Date.now())
    if (!(await linesOf(stack, readers)).some(({ subscribed }) => subscribed === subscribers))
      throw new Error(
        `not all have subscribed within ${WARM_UP_SECONDS} s: ${await lastLines(stack, readers)}`,
      )
    const used = await watchApi(stack, running, api, seconds)
    await wait(stack, [readers, api, worker], TAIL_MS)
    const looks = looksSince(await linesOf(stack, readers), measuredFromMs, ratePerSecond)
    const latencyMs = latencies(looks, measuredFromMs, ratePerSecond)
    return { ...options, ...used, answers: looks.length, latencyMs }
  } finally {
    for (const one of running) await one.stop('SIGTERM', STOP_GRACE_MS)
  }
}

function launchApi(
  stack: BenchStack,
  { environment }: Subject,
  port: number,
  subscribers: number,
): RunningProcess {
  const all = String(subscribers)
  // All come from one client, and at once.
  const limits = {
    API_SUBSCRIPTIONS: all,
    API_SUBSCRIPTIONS_PER_CLIENT: all,
    API_QUESTIONS_PER_SECOND: '1000000',
    API_CLIENT_MS_PER_SECOND: '1000',
  }
  const settings = { API_PORT: String(port), ...limits }
  return stack.launch('api', roleArguments('api'), { ...environment, ...settings })
}

async function wait(stack: BenchStack, running: RunningProcess[], ms: number): Promise<void> {
  await sleep(Math.max(0, ms), undefined, { signal: stack.stop })
  const ended = running.find((one) => one.hasExited())
  if (ended !== undefined) throw new Error(`${ended.name} ended: ${await lastLines(stack, ended)}`)
}

async function watchApi(
  stack: BenchStack,
  running: RunningProcess[],
  api: RunningProcess,
  seconds: number,
): Promise<Pick<LiveResult, 'percent' | 'memoryMiB'>> {
  const recorder = recordResources({ api: api.pid })
  try {
    const fromMs = Date.now()
    const memoryMiB = [residentMiB(api.pid)]
    for (let step = 0; step < STEPS; step++) {
      await wait(stack, step === STEPS - 1 ? running.slice(0, 1) : running, (seconds * 1000) / STEPS)
      memoryMiB.push(residentMiB(api.pid))
    }
    const toMs = Date.now()
    const { cpuSeconds = NaN } = recorder.between(fromMs, toMs)['api'] ?? {}
    return { percent: (cpuSeconds * 100_000) / (toMs - fromMs), memoryMiB }
  } finally {
    recorder.stop()
  }
}

type Line = { subscribed?: number; atMs?: number; visible?: number }

const linesOf = async (stack: BenchStack, { name }: RunningProcess): Promise<Line[]> =>
  (await readFile(stack.logOf(name), 'utf8'))
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Line)

/** The logins of the measured time among those that were shown. */
function looksSince(lines: Line[], fromMs: number, ratePerSecond: number): Look[] {
  const before = ratePerSecond * WARM_UP_SECONDS
  return lines.flatMap(({ atMs = 0, visible = 0 }) =>
    atMs < fromMs ? [] : [{ atMs, visible: Math.max(0, visible - before) }],
  )
}

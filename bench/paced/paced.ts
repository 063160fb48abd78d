import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '../../stack/processes/ports.ts'
import type { RunningProcess } from '../../stack/processes/process.ts'
import type { BenchStack } from '../bench-stack.ts'
import { lastLines } from '../drain/drain.ts'
import { latencies, type Latencies, type Look } from './latency.ts'
import { recordResources, type ResourceUse } from '../drain/resources.ts'
import type { Subject } from '../drain/subject.ts'
import { visibleInGraphql, visibleInPostgres, type Visible } from './visible.ts'

type PacedOptions = { ratePerSecond: number; seconds: number; users: number }

export type PacedResult = PacedOptions & {
  subject: string
  /** Milliseconds from the scheduled time of a login to the moment a reader sees it. */
  latencyMs: Latencies
  /** How far the sender fell behind its schedule at most, which is part of the latencies. */
  senderBehindMs: number
  /** How often the reader looked: the more often, the finer the latencies. */
  looks: number
  resources: Record<string, ResourceUse>
}

/** The pause between an answer and the next question. It adds up to as much to the latencies. */
const POLL_MS = 100
const STOP_GRACE_MS = 10_000
/** By then everything must have started and show the first logins. */
const START_TIMEOUT_MS = 120_000
/** How long after the last scheduled time the last login may show. */
const TAIL_MS = 60_000
/**
 * Unmeasured logins are sent for this long first: by then all partitions are being read, and the broker's JVM
 * has compiled.
 */
const WARM_UP_SECONDS = 20
/** The sender has this long to start before its first event is due. */
const LEAD_MS = 1_500

/**
 * Sends logins on a schedule to a subject that has nothing else to do, and measures when they become visible.
 */
export async function paced(
  stack: BenchStack,
  subject: Subject,
  options: PacedOptions,
): Promise<PacedResult> {
  const running = [subject.launch()]
  try {
    const visible = await openReader(stack, subject, running)
    const warmUp = { ...options, seconds: WARM_UP_SECONDS }
    await send(stack, subject, running, visible, 0, warmUp, START_TIMEOUT_MS)
    const [program, api] = running.map(({ pid }) => pid)
    const recorder = recordResources({
      ...(program === undefined ? {} : { 'the program': program }),
      ...(api === undefined ? {} : { api }),
      ...stack.pids,
    })
    try {
      const before = warmUp.ratePerSecond * warmUp.seconds
      const run = await send(stack, subject, running, visible, before, options, TAIL_MS)
      const { startMs, looks, behindMs } = run
      return {
        ...options,
        subject: subject.name,
        latencyMs: latencies(looks, startMs, options.ratePerSecond),
        senderBehindMs: behindMs,
        looks: looks.length,
        resources: recorder.between(startMs, Date.now()),
      }
    } finally {
      recorder.stop()
    }
  } finally {
    await Promise.all(running.map((one) => one.stop('SIGTERM', STOP_GRACE_MS)))
  }
}

async function openReader(stack: BenchStack, subject: Subject, running: RunningProcess[]): Promise<Visible> {
  if (subject.launchApi === null) return visibleInPostgres(subject)
  const port = await freePort(0)
  running.push(subject.launchApi(port))
  const visible = visibleInGraphql(port)
  const deadlineMs = Date.now() + START_TIMEOUT_MS
  for (;;) {
    try {
      await visible()
      return visible
    } catch (error) {
      stack.stop.throwIfAborted()
      if (Date.now() > deadlineMs) throw new Error('the API does not answer', { cause: error })
      await sleep(POLL_MS)
    }
  }
}

/** Sends the logins of a schedule, and looks until all of them are visible. `before` were visible already. */
async function send(
  stack: BenchStack,
  subject: Subject,
  running: RunningProcess[],
  visible: Visible,
  before: number,
  { ratePerSecond, seconds, users }: PacedOptions,
  tailMs: number,
): Promise<{ startMs: number; looks: Look[]; behindMs: number }> {
  const startMs = Date.now() + LEAD_MS
  const events = ratePerSecond * seconds
  const schedule = [startMs, ratePerSecond, events, users].map(String)
  const sender = stack.launch('sender', ['bench/paced/send-paced.ts', ...schedule], subject.environment)
  const deadlineMs = startMs + seconds * 1000 + tailMs
  const looks: Look[] = []
  try {
    while ((looks.at(-1)?.visible ?? 0) < events) {
      stack.stop.throwIfAborted()
      const ended = running.find((one) => one.hasExited())
      if (ended !== undefined || Date.now() > deadlineMs)
        throw new Error(`not all logins showed: ${await lastLines(stack, ended ?? subject)}`)
      looks.push({ visible: Math.min(events, (await visible()) - before), atMs: Date.now() })
      await sleep(POLL_MS)
    }
    await sender.exited
  } finally {
    await sender.stop('SIGKILL', STOP_GRACE_MS)
  }
  return { startMs, looks, behindMs: await senderBehind(stack) }
}

/** The sender's last line says how it went. */
async function senderBehind(stack: BenchStack): Promise<number> {
  const last = (await lastLines(stack, { name: 'sender' })).trimEnd().split('\n').at(-1) ?? ''
  const { latestMs } = JSON.parse(last) as { latestMs: number }
  return latestMs
}

import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { RunningProcess } from '../../stack/processes/process.ts'
import type { Backlog } from './backlog.ts'
import type { BenchStack } from '../bench-stack.ts'
import { recordResources, type ResourceUse } from './resources.ts'
import type { Subject } from './subject.ts'
import { watchCommitted } from '../topics.ts'
import { verify } from './verify.ts'

export type DrainResult = {
  subject: string
  events: number
  /** From the first batch to the moment that all are counted in Postgres and published. */
  seconds: number
  eventsPerSecond: number
  cpuSecondsPerMillion: Record<string, number>
  peakMemoryMiB: Record<string, number>
  /** Partitions that each process read when half of the logins were counted. */
  partitionsHeld: number[]
}

const POLL_MS = 50
/** A start compiles the workflows and, on a busy machine, takes its time. */
const START_TIMEOUT_MS = 90_000
/** Far slower than anything worth measuring: the run hangs. */
const SLOWEST_EVENTS_PER_SECOND = 2_000
const STOP_GRACE_MS = 10_000
const MILLION = 1e6

/** Lets a subject work through a backlog, in as many processes as `workers` says, and checks what it made of it. */
export async function drain(
  stack: BenchStack,
  subject: Subject,
  backlog: Backlog,
  workers: number,
): Promise<DrainResult> {
  const running = Array.from({ length: workers }, () => subject.launch())
  const stop = (signal: NodeJS.Signals) => Promise.all(running.map((one) => one.stop(signal, STOP_GRACE_MS)))
  const recorder = recordResources({ [subject.name]: running.map(({ pid }) => pid), ...stack.pids })
  try {
    const { firstBatchMs, endMs, partitionsHeld } = await untilDrained(
      stack,
      subject,
      running,
      backlog.events,
    )
    const use = recorder.between(firstBatchMs, endMs)
    await stop('SIGTERM')
    await verify(subject, backlog)
    const seconds = (endMs - firstBatchMs) / 1000
    return { ...summary(subject.name, backlog.events, seconds, use), partitionsHeld }
  } finally {
    recorder.stop()
    await stop('SIGKILL')
  }
}

async function untilDrained(
  stack: BenchStack,
  subject: Subject,
  running: RunningProcess[],
  events: number,
): Promise<{ firstBatchMs: number; endMs: number; partitionsHeld: number[] }> {
  const deadlineMs = Date.now() + START_TIMEOUT_MS + (events / SLOWEST_EVENTS_PER_SECOND) * 1000
  const committed = await watchCommitted(subject.config.kafka)
  let partitionsHeld: number[] | undefined
  try {
    for (;;) {
      stack.stop.throwIfAborted()
      const ended = running.find((one) => one.hasExited())
      if (ended !== undefined)
        throw new Error(`${subject.name} ended (${await ended.exited}): ${await lastLines(stack, subject)}`)
      if (Date.now() > deadlineMs)
        throw new Error(`${subject.name} did not finish: ${await lastLines(stack, subject)}`)
      const { logins, firstBatchMs } = await subject.counted()
      if (logins >= events / 2) partitionsHeld ??= await subject.held()
      const isDrained = logins >= events && (await committed.read()) >= BigInt(events)
      if (isDrained && firstBatchMs !== null)
        return { firstBatchMs, endMs: Date.now(), partitionsHeld: partitionsHeld ?? [] }
      await sleep(POLL_MS)
    }
  } finally {
    await committed.close()
  }
}

/** What a process logged last: its folder goes with the benchmark. */
export async function lastLines(stack: BenchStack, { name }: { name: string }): Promise<string> {
  const log = await readFile(stack.logOf(name), 'utf8').catch(() => '')
  return `\n${log.split('\n').slice(-20).join('\n')}`
}

function summary(
  subject: string,
  events: number,
  seconds: number,
  use: Record<string, ResourceUse>,
): Omit<DrainResult, 'partitionsHeld'> {
  const each = (value: (one: ResourceUse) => number) =>
    Object.fromEntries(Object.entries(use).map(([name, one]) => [name, value(one)]))
  return {
    subject,
    events,
    seconds,
    eventsPerSecond: events / seconds,
    cpuSecondsPerMillion: each(({ cpuSeconds }) => (cpuSeconds * MILLION) / events),
    peakMemoryMiB: each(({ peakMemoryMiB }) => peakMemoryMiB),
  }
}

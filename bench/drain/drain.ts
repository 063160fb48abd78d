import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { RunningProcess } from '../../stack/processes/process.ts'
import type { Backlog } from './backlog.ts'
import type { BenchStack } from '../bench-stack.ts'
import { withProgram, type Program } from '../program.ts'
import { recordResources, type ResourceUse } from './resources.ts'
import type { Subject } from './subject.ts'
import { verify } from './verify.ts'

export type DrainResult = {
  subject: string
  /** Logins done while the clock ran. */
  events: number
  /** From the first commit after the logins to warm up until all are counted in Postgres and published. */
  seconds: number
  eventsPerSecond: number
  cpuSecondsPerMillion: Record<string, number>
  peakMemoryMiB: Record<string, number>
  /** How many partitions each process read when half of the logins were done. */
  partitionsHeld: number[]
}

const POLL_MS = 50
/** A worker compiles the workflows when it starts, which takes long on a busy machine. */
const START_TIMEOUT_MS = 90_000
/** A subject that is slower than this is taken to hang. */
const SLOWEST_EVENTS_PER_SECOND = 2_000
const STOP_GRACE_MS = 10_000
const MILLION = 1e6

/** Lets a program work through a backlog, with a database of its own, and verifies its results. */
export function drain(stack: BenchStack, program: Program, backlog: Backlog): Promise<DrainResult> {
  return withProgram(stack, program, backlog, (subject) => drainWith(stack, program, subject, backlog))
}

async function drainWith(
  stack: BenchStack,
  { name, workers }: Program,
  subject: Subject,
  backlog: Backlog,
): Promise<DrainResult> {
  const running = Array.from({ length: workers }, () => subject.launch())
  const stop = (signal: NodeJS.Signals) => Promise.all(running.map((one) => one.stop(signal, STOP_GRACE_MS)))
  const recorder = recordResources({ [name]: running.map(({ pid }) => pid), ...stack.pids })
  try {
    const { startMs, before, endMs, partitionsHeld } = await untilDrained(stack, subject, running, backlog)
    const use = recorder.between(startMs, endMs)
    await stop('SIGTERM')
    await verify(subject, backlog)
    const seconds = (endMs - startMs) / 1000
    return { ...summary(name, backlog.events - before, seconds, use), partitionsHeld }
  } finally {
    recorder.stop()
    await stop('SIGKILL')
  }
}

/** Waits until the subject has done everything. */
async function untilDrained(
  stack: BenchStack,
  subject: Subject,
  running: RunningProcess[],
  { events, warmUp }: Backlog,
): Promise<{ startMs: number; before: number; endMs: number; partitionsHeld: number[] }> {
  const deadlineMs = Date.now() + START_TIMEOUT_MS + (events / SLOWEST_EVENTS_PER_SECOND) * 1000
  const progress = await subject.watch(events)
  let partitionsHeld: number[] | undefined
  let first: { startMs: number; before: number } | undefined
  try {
    for (;;) {
      stack.stop.throwIfAborted()
      const ended = running.find((one) => one.hasExited())
      if (ended !== undefined)
        throw new Error(`${subject.name} ended (${await ended.exited}): ${await lastLines(stack, subject)}`)
      const nowMs = Date.now()
      const done = (await progress.read()) ?? 0
      if (done > 0 && done >= warmUp) first ??= { startMs: nowMs, before: done }
      if (first !== undefined && done >= events) {
        if (first.before >= events)
          throw new Error(
            `${subject.name} did all ${events - warmUp} measured logins in one commit: measure more (--events)`,
          )
        return { ...first, endMs: nowMs, partitionsHeld: partitionsHeld ?? [] }
      }
      if (nowMs > deadlineMs)
        throw new Error(
          `${subject.name} did not finish: ${done} of ${events} done; ${await lastLines(stack, subject)}`,
        )
      if (done >= events / 2) partitionsHeld ??= (await subject.held?.()) ?? []
      await sleep(POLL_MS)
    }
  } finally {
    await progress.close()
  }
}

/** The last lines that a process logged, for error messages: the log is removed when the benchmark ends. */
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

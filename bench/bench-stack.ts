import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startProcess, type RunningProcess } from '../stack/processes/process.ts'
import { endLeftovers } from '../stack/processes/process-book.ts'
import { startStack, type Stack } from '../stack/stack.ts'

export type BenchStack = {
  /** Environment variables with which a process finds the parts. */
  environment: Record<string, string>
  /** The folder for files that end with the stack, which also has the book of its processes. */
  dataFolder: string
  /** Process ids of the parts by name. */
  pids: Record<string, number>
  /**
   * Starts a program beside the stack, by default the Node of this process. It ends with the stack at the
   * latest.
   */
  launch: (
    name: string,
    args: string[],
    environment: Record<string, string>,
    program?: string,
  ) => RunningProcess
  logOf: (name: string) => string
  say: (line: string) => void
  /** Aborts when the benchmark is to stop. */
  stop: AbortSignal
}

export type BenchStackOptions = {
  /** The folder of a stack that stays; null: a new one that goes with it. */
  kept?: string | null
  /** Whether every wire is encrypted and demands client certificates. */
  isEncrypted?: boolean
  /** Whether the broker's JVM optimises what it compiles. */
  isBrokerOptimised?: boolean
}

const project = fileURLToPath(new URL('..', import.meta.url))

/**
 * Runs `work` on a stack of its own. Afterwards, even
 * after an error, all processes have ended, and a new folder is gone.
 */
export async function withBenchStack(
  stop: AbortSignal,
  say: (line: string) => void,
  work: (stack: BenchStack) => Promise<void>,
  { kept = null, isEncrypted = false, isBrokerOptimised = false }: BenchStackOptions = {},
): Promise<void> {
  const folder = kept ?? join(project, '.rollcall', `bench-${Math.random().toString(36).slice(2, 8)}`)
  const dataFolder = join(folder, 'data')
  const logFolder = join(folder, 'log')
  mkdirSync(dataFolder, { recursive: true })
  try {
    const stack = await startStack({
      dataFolder,
      logFolder,
      usualPorts: false,
      environment: {},
      isEncrypted,
      isBrokerOptimised,
      say,
    })
    try {
      stop.throwIfAborted()
      await work({ ...beside(stack, dataFolder, logFolder), say, stop })
    } finally {
      await stack.stop()
    }
  } finally {
    endLeftovers(dataFolder)
    if (kept === null) rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
  }
}

/** What a benchmark needs to run processes beside a stack. */
function beside(
  { environment }: Stack,
  dataFolder: string,
  logFolder: string,
): Pick<BenchStack, 'environment' | 'dataFolder' | 'pids' | 'launch' | 'logOf'> {
  const logOf = (name: string) => join(logFolder, `${name}.log`)
  return {
    environment,
    dataFolder,
    pids: partPids(dataFolder),
    launch: (name, args, env, program = process.execPath) =>
      startProcess({
        name,
        command: program,
        args,
        env: { ...environment, ...env },
        logFile: logOf(name),
        bookFolder: dataFolder,
      }),
    logOf,
  }
}

/** Finds out which process in the stack's book is which part, by their command lines. */
function partPids(dataFolder: string): Record<string, number> {
  const signs: Record<string, string> = {
    kafka: 'kafka.Kafka',
    temporal: 'start-dev',
    postgres: 'postgres/primary',
    replica: 'postgres/replica',
  }
  const running = readdirSync(join(dataFolder, 'processes')).map((pid) => ({
    pid: Number(pid),
    commandLine: commandLineOf(pid),
  }))
  return Object.fromEntries(
    Object.entries(signs).flatMap(([name, sign]) =>
      running.filter(({ commandLine }) => commandLine.includes(sign)).map(({ pid }) => [name, pid]),
    ),
  )
}

function commandLineOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}

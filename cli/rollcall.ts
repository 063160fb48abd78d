#!/usr/bin/env node
import { createInterface } from 'node:readline/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { CommandLineConfigError, isColourWanted, loadCommandLineConfig } from '../config/command-line.ts'
import { productVersion } from '../config/product-version.ts'
import { readArguments, type Typed } from './arguments.ts'
import { type Api, ApiFailure, createApi } from './ask-api.ts'
import { UsageError } from './command-line.ts'
import { exitCodes, type ExitCode } from './exit-codes.ts'
import { type Health, HEALTH_QUESTION } from './health-question.ts'
import { control, isRunning, type Outcome, readRun, settle, startRun } from './send-commands.ts'
import { showStatus } from './show-status.ts'
import { paint, plain, safeJson } from './text.ts'
import { usage } from './usage.ts'

/** How often a run is looked at. */
const FOLLOW_EVERY_MS = 1_000
/** Wide enough for each line that is not a command. */
const WIDTH = 80

const { stdout, stderr, stdin } = process
const say = (line: string) => {
  stdout.write(`${line}\n`)
}
const complain = (line: string) => {
  stderr.write(`rollcall: ${plain(line)}\n`)
}

// Whoever reads has enough, as `head` has.
stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit()
})
process.once('SIGINT', () => {
  stderr.write('\n')
  process.exit(exitCodes.interrupted)
})
process.exitCode = await main()

async function main(): Promise<ExitCode> {
  let isJson = false
  try {
    const typed = readArguments(process.argv.slice(2))
    if (typed.command === 'help') return told(usage)
    if (typed.command === 'version') return told(productVersion())
    isJson = typed.isJson
    return await run(typed, createApi(loadCommandLineConfig()))
  } catch (error) {
    const [exitCode, code] =
      error instanceof UsageError || error instanceof CommandLineConfigError
        ? ([exitCodes.usage, 'USAGE'] as const)
        : error instanceof ApiFailure
          ? ([error.exitCode, error.code ?? 'NO_ANSWER'] as const)
          : ([exitCodes.unknown, 'UNEXPECTED'] as const)
    const message = error instanceof Error ? error.message : String(error)
    if (isJson) say(safeJson({ error: { code, message } }))
    complain(message)
    return exitCode
  }
}

function told(text: string): ExitCode {
  say(text)
  return exitCodes.ok
}

type Asking = Exclude<Typed, { command: 'help' | 'version' }>

async function run(typed: Asking, api: Api): Promise<ExitCode> {
  switch (typed.command) {
    case 'status':
      return await status(api, typed.isJson)
    case 'pause':
    case 'resume':
      return report(await control(api, typed.command, typed), typed.isJson)
    case 'run':
      return await follow(api, await startRun(api, typed), typed.isJson)
    case 'skip':
    case 'replay':
      return await settleEach(api, typed)
  }
}

async function status(api: Api, isJson: boolean): Promise<ExitCode> {
  try {
    const { health } = (await api.ask(HEALTH_QUESTION)) as { health: Health }
    if (isJson) say(safeJson(health))
    else {
      const isColoured = stdout.isTTY && isColourWanted()
      for (const line of showStatus(health, {
        width: stdout.isTTY ? stdout.columns : WIDTH,
        paint: paint(isColoured),
      }))
        say(line)
    }
    return health.severity === null
      ? exitCodes.ok
      : health.severity === 'PAGE'
        ? exitCodes.page
        : exitCodes.warn
  } catch (error) {
    if (!(error instanceof ApiFailure) || error.code === null) throw error
    // An API that cannot know who asks, because Postgres is away, still says which parts are.
    const away = Object.entries((await api.ready()) ?? {}).filter(([, { ok }]) => !ok)
    if (away.length === 0) throw error
    const names = away.map(([name]) => name)
    if (isJson) say(safeJson({ error: { code: error.code, message: error.message }, away: names }))
    else
      say(
        `PAGE  ${plain(names.join(' and '))} ${away.length === 1 ? 'does' : 'do'} not answer (docs/runbook.md#rollcalldependencyaway)`,
      )
    complain(error.message)
    return exitCodes.page
  }
}

function report({ exitCode, line, json }: Outcome, isJson: boolean): ExitCode {
  if (isJson) say(safeJson(json))
  if (exitCode !== exitCodes.ok) complain(line)
  else if (!isJson) say(plain(line))
  return exitCode
}

/** Waits until a run has ended. It goes on without whoever follows it. */
async function follow(api: Api, started: Outcome, isJson: boolean): Promise<ExitCode> {
  let outcome = started
  if (isRunning(outcome))
    complain(`run ${String(outcome.json['runId'])} has begun; it goes on if you end this`)
  while (isRunning(outcome)) {
    await sleep(FOLLOW_EVERY_MS)
    outcome = await readRun(api, String(outcome.json['runId']))
  }
  return report(outcome, isJson)
}

type Settling = Extract<Typed, { command: 'replay' | 'skip' }>

/** Ends with what the worst of the batches came to, and tries each. */
async function settleEach(
  api: Api,
  { command, batchIds, isSure, isJson, ...common }: Settling,
): Promise<ExitCode> {
  if (command === 'skip' && !isSure && !(await isConfirmed(api, batchIds))) {
    complain('nothing is skipped')
    return exitCodes.refused
  }
  let worst: ExitCode = exitCodes.ok
  for (const batchId of batchIds) {
    const code = report(await settle(api, command, batchId, common), isJson)
    if (code > worst) worst = code
  }
  return worst
}

type Batch = { status: string; partition: number; fromOffset: string; toOffset: string; error: string | null }

async function isConfirmed(api: Api, batchIds: readonly string[]): Promise<boolean> {
  if (!stdin.isTTY) throw new UsageError('skip cannot be taken back: add --yes where nobody can be asked')
  for (const batchId of batchIds) {
    const data = await api.ask(
      'query ($batchId: Offset!) { batch(batchId: $batchId) { status partition fromOffset toOffset error } }',
      { batchId },
    )
    const { status, partition, fromOffset, toOffset, error } = data['batch'] as Batch
    stderr.write(
      `batch ${batchId}, ${status.toLowerCase()}: partition ${partition}, offsets ${fromOffset} up to ${toOffset}: ${plain(error ?? '')}\n`,
    )
  }
  const lines = createInterface({ input: stdin, output: stderr })
  lines.once('SIGINT', () => process.emit('SIGINT'))
  try {
    return (await lines.question('Give up for good? Type yes: ')).trim() === 'yes'
  } finally {
    lines.close()
  }
}

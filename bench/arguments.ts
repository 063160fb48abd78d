import { messageForms, type MessageForm } from './drain/message-forms.ts'
import { PARTITIONS } from './topics.ts'
import { readOptions, UsageError, wholeNumber } from '../cli/command-line.ts'
import { type LiveOptions, parseLive } from './live/live-arguments.ts'
import type { HistorySize } from './history/history-size.ts'

export type QueryOptions = {
  command: 'queries'
  size: HistorySize
  /** How often each question is asked at each concurrency. */
  repeat: number
  /** Print the plans of slow queries. */
  plans: boolean
  /** Remove the databases of earlier runs and do nothing else. */
  remove: boolean
  /** Another commit that is asked its questions in turns with this one; null: none. */
  against: string | null
  /** Turns of each side with `against`. */
  rounds: number
}

export type ScaleOptions = {
  command: 'scale'
  /** Logins of the case to which the others are compared. */
  events: number
  /** Logins before those, which are not measured. */
  warmUp: number
  users: number
  rounds: number
  /** The file for the picture; null: none. */
  picture: string | null
}

export type IdleOptions = {
  command: 'idle'
  ratePerSecond: number
  /** How long each turn runs before it is measured. */
  settleSeconds: number
  seconds: number
  /** Pairs of a turn with Rollcall and a turn without. */
  rounds: number
}

export type BenchOptions = {
  command: 'drain' | 'paced' | 'all'
  events: number
  /** Logins of a drain before those of `events`, which are not measured. */
  warmUp: number
  users: number
  /** Logins per second of the paced run; null: half the rate that a drain of `events` measures first. */
  ratePerSecond: number | null
  seconds: number
  /** Also run the plain program of baseline.ts on the same data, in turns with Rollcall. */
  baseline: boolean
  /** Another commit whose code runs the same drains in turns with this one; null: none. */
  against: string | null
  /** Also run Flink SQL on the same data, in turns with Rollcall. */
  flink: boolean
  /** Also run on a stack whose wires are all encrypted, in turns. */
  tls: boolean
  rounds: number
  /** Numbers of worker processes that drain in turns, the largest first. */
  workers: number[]
  partitions: number
  messages: MessageForm
}

/**
 * Default for --rounds beside another program: fewer pairs say little on a machine that also does other work.
 */
const PAIRS = '5'
/** Logins for each process: at first most users are new, and Node and a JVM compile. */
const WARM_UP = 200_000
/** More than any measurement needs; a broker on one machine creates them in seconds. */
const MOST_PARTITIONS = 256
/** A quarter of them should be more than a worker commits at a time. */
const LEAST_SCALE = 100_000
/** Defaults for --users. */
const USERS = { usual: '100000', returning: '50000' }

/** @throws {UsageError} */
export function parseArguments(
  argv: string[],
): BenchOptions | IdleOptions | LiveOptions | ScaleOptions | QueryOptions {
  if (argv[0] === 'queries') return parseQueries(argv.slice(1))
  if (argv[0] === 'idle') return parseIdle(argv.slice(1))
  if (argv[0] === 'live') return parseLive(argv.slice(1))
  return argv[0] === 'scale' ? parseScale(argv.slice(1)) : parseIngestion(argv)
}

function parseIdle(argv: string[]): IdleOptions {
  const { values } = readOptions({
    args: argv,
    options: {
      rate: { type: 'string', default: '2' },
      settle: { type: 'string', default: '60' },
      seconds: { type: 'string', default: '60' },
      rounds: { type: 'string', default: '2' },
    },
  })
  return {
    command: 'idle',
    ratePerSecond: count('--rate', values.rate, 1_000),
    settleSeconds: count('--settle', values.settle, 3600),
    seconds: count('--seconds', values.seconds, 3600),
    rounds: count('--rounds', values.rounds, 100),
  }
}

function parseQueries(argv: string[]): QueryOptions {
  const { values } = readOptions({
    args: argv,
    options: {
      logins: { type: 'string', default: '2000000' },
      users: { type: 'string', default: '300000' },
      days: { type: 'string', default: '365' },
      repeat: { type: 'string', default: '20' },
      plans: { type: 'boolean', default: false },
      remove: { type: 'boolean', default: false },
      against: { type: 'string' },
      rounds: { type: 'string', default: PAIRS },
    },
  })
  const { against = null } = values
  if (against !== null && values.plans)
    throw new UsageError('--plans is for questions without --against: plans are shown of one side')
  return {
    command: 'queries',
    size: {
      logins: count('--logins', values.logins, 1_000_000_000),
      users: count('--users', values.users, 100_000_000),
      days: count('--days', values.days, 3650),
    },
    repeat: count('--repeat', values.repeat, 10_000),
    plans: values.plans,
    remove: values.remove,
    against,
    rounds: count('--rounds', values.rounds, 100),
  }
}

function parseScale(argv: string[]): ScaleOptions {
  const { values } = readOptions({
    args: argv,
    options: {
      events: { type: 'string', default: '2000000' },
      users: { type: 'string', default: USERS.returning },
      rounds: { type: 'string', default: '1' },
      picture: { type: 'string' },
    },
  })
  return {
    command: 'scale',
    events: wholeNumber('--events', values.events, LEAST_SCALE, 10_000_000),
    warmUp: WARM_UP,
    users: count('--users', values.users, 10_000_000),
    rounds: count('--rounds', values.rounds, 100),
    picture: values.picture ?? null,
  }
}

function parseIngestion(argv: string[]): BenchOptions {
  const { values, positionals } = readOptions({
    args: argv,
    allowPositionals: true,
    options: {
      events: { type: 'string', default: '1000000' },
      users: { type: 'string' },
      rate: { type: 'string' },
      seconds: { type: 'string', default: '30' },
      rounds: { type: 'string' },
      baseline: { type: 'boolean', default: false },
      against: { type: 'string' },
      flink: { type: 'boolean', default: false },
      tls: { type: 'boolean', default: false },
      workers: { type: 'string', default: '1' },
      partitions: { type: 'string' },
      messages: { type: 'string' },
    },
  })
  const [command = 'all', ...rest] = positionals
  if (command !== 'drain' && command !== 'paced' && command !== 'all')
    throw new UsageError(`unknown command ${command}`)
  if (rest.length > 0) throw new UsageError(`one command at a time, not also ${rest.join(' ')}`)
  const { against = null, baseline, flink, tls } = values
  const workers = workerCounts(values.workers)
  const isComparison = against !== null || flink || tls || workers.length > 1
  const options: BenchOptions = {
    command,
    events: count('--events', values.events, 20_000_000),
    warmUp: flink || workers.length > 1 ? WARM_UP * Math.max(...workers) : 0,
    users: count('--users', values.users ?? (flink ? USERS.returning : USERS.usual), 10_000_000),
    ratePerSecond: values.rate === undefined ? null : count('--rate', values.rate, 1_000_000),
    seconds: count('--seconds', values.seconds, 3600),
    against,
    flink,
    tls,
    rounds: count('--rounds', values.rounds ?? (isComparison ? PAIRS : '1'), 100),
    baseline,
    workers,
    partitions: count('--partitions', values.partitions ?? String(PARTITIONS), MOST_PARTITIONS),
    messages: messageForm(values.messages ?? 'plain'),
  }
  requireOneComparison(options)
  for (const name of ['partitions', 'messages'] as const)
    if (values[name] !== undefined && command !== 'drain') throw new UsageError(`--${name} is for a drain`)
  return options
}

/** @throws {UsageError} what the options compare cannot run, or not side by side */
function requireOneComparison(options: BenchOptions): void {
  const { command, against, baseline, flink, tls, workers, ratePerSecond } = options
  const isDrain = command === 'drain'
  if (against !== null && (command === 'all' || baseline || flink || workers.length > 1))
    throw new UsageError(
      '--against is for a drain or paced, without --baseline, --flink and a list of --workers: one comparison at a time',
    )
  if (against !== null && command === 'paced' && ratePerSecond === null)
    throw new UsageError('paced --against needs --rate: the rate at which both are measured')
  if (flink && (!isDrain || baseline))
    throw new UsageError('--flink is for a drain without --baseline: one comparison at a time')
  if (tls && (!isDrain || baseline || flink || against !== null || workers.length > 1))
    throw new UsageError(
      '--tls is for a drain without --baseline, --against, --flink and a list of --workers: one comparison at a time',
    )
  if (workers.some((one) => one > 1) && (!isDrain || baseline || flink))
    throw new UsageError(
      '--workers is for a drain without --baseline and --flink, whose programs are one process',
    )
}

function workerCounts(text: string): number[] {
  const counts = text.split(',').map((one) => count('--workers', one, 16))
  return [...new Set(counts)].sort((a, b) => b - a)
}

function messageForm(text: string): MessageForm {
  const form = messageForms.find((one) => one === text)
  if (form === undefined) throw new UsageError(`--messages is one of ${messageForms.join(', ')}`)
  return form
}

const count = (name: string, text: string, most: number) => wholeNumber(name, text, 1, most)

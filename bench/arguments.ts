import { readOptions, UsageError, wholeNumber } from '../cli/command-line.ts'
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
  rounds: number
  /** Worker processes of a drain. */
  workers: number
}

export const usage = `npm run bench -- [drain|paced|queries] [options]      without a command: drain and paced

  drain   how fast a preloaded topic of 4 partitions is counted and published
  paced   how long after its scheduled time a login shows in GraphQL, at a fixed rate
  queries how long GraphQL takes to answer over a year of counts, and which questions take more than 200 ms

  --events N     logins of the drained topic (1000000)
  --users N      distinct users among them (100000; with --flink 50000)
  --rate N       paced: logins a second (half of the drain rate, which is measured first)
  --seconds N    paced: how long (30)
  --baseline     also run a plain Kafka consumer without Temporal, in turns with Rollcall
  --against REF  drain: also run the code of another commit, in turns with this one, each with a database of its own;
                 prints median and range of the ratios of the pairs
  --flink        drain: also run Flink SQL, with counts and a row per user and day and with counts alone, in turns with
                 Rollcall; --events come after 200000 to warm up; fetches Flink and needs a JDK 17
  --rounds N     how often (1; with --against and --flink 5); more than one prints median and range
  --workers N    drain: worker processes, which share the partitions (1)

queries fills a database, in two minutes as it is by default, and keeps it for the next run with the same size:
  --logins N     logins that are kept as rows, of the last 30 days (2000000)
  --users N      users, devices and addresses (300000)
  --days N       days of counts (365)
  --repeat N     times that each question is asked alone, and then by four clients (20)
  --plans        prints the plans of what took more than 200 ms
  --remove       removes what earlier runs filled, and ends`

/**
 * Default for --rounds beside another program: fewer pairs say little on a machine that also does other work.
 */
const PAIRS = '5'
/** With --flink: a JVM compiles in its first seconds, and in the first logins most users are new. */
const FLINK_WARM_UP = 200_000
/** Defaults for --users. */
const USERS = { usual: '100000', flink: '50000' }

/** @throws {UsageError} */
export function parseArguments(argv: string[]): BenchOptions | QueryOptions {
  return argv[0] === 'queries' ? parseQueries(argv.slice(1)) : parseIngestion(argv)
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
    },
  })
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
      workers: { type: 'string', default: '1' },
    },
  })
  const [command = 'all', ...rest] = positionals
  if (command !== 'drain' && command !== 'paced' && command !== 'all')
    throw new UsageError(`unknown command ${command}`)
  if (rest.length > 0) throw new UsageError(`one command at a time, not also ${rest.join(' ')}`)
  const { against = null, baseline, flink } = values
  const isDrain = command === 'drain'
  if (against !== null && (!isDrain || baseline || flink))
    throw new UsageError('--against is for a drain without --baseline and --flink: one comparison at a time')
  if (flink && (!isDrain || baseline))
    throw new UsageError('--flink is for a drain without --baseline: one comparison at a time')
  const workers = count('--workers', values.workers, 16)
  if (workers > 1 && (!isDrain || baseline || flink))
    throw new UsageError(
      '--workers is for a drain without --baseline and --flink, whose programs are one process',
    )
  return {
    command,
    events: count('--events', values.events, 20_000_000),
    warmUp: flink ? FLINK_WARM_UP : 0,
    users: count('--users', values.users ?? (flink ? USERS.flink : USERS.usual), 10_000_000),
    ratePerSecond: values.rate === undefined ? null : count('--rate', values.rate, 1_000_000),
    seconds: count('--seconds', values.seconds, 3600),
    against,
    flink,
    rounds: count('--rounds', values.rounds ?? (against === null && !flink ? '1' : PAIRS), 100),
    baseline,
    workers,
  }
}

const count = (name: string, text: string, most: number) => wholeNumber(name, text, 1, most)

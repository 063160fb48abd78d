import { readOptions, UsageError } from '../cli/command-line.ts'

export type Format = 'ndjson' | 'csv'

export type SendOptions = {
  /** A path, a URL, or `-` for standard input. */
  from: string
  /** Null: the content type, the name or the first bytes decide. */
  format: Format | null
  /** Null: as fast as the topic takes it. */
  linesPerSecond: number | null
  /** Send from the beginning, even if some of it was sent before. */
  again: boolean
}

export type Command = { name: 'generate' } | { name: 'help' } | ({ name: 'send' } & SendOptions)

export const usage = `npm run generate                                 made-up logins, GENERATE_RATE a second, until Ctrl-C
npm run generate -- --from FILE|URL|- [options]  the lines of a file, a URL or standard input, as they are

  --format ndjson|csv  the format; by default its content type, its name or its first bytes decide
  --rate N             lines per second; by default as fast as the topic takes them
  --again              from the beginning, even if it was sent before

KAFKA_BROKERS and KAFKA_TOPIC say where to. An interrupted run goes on after the last line that Kafka acknowledged.`

/** @throws {UsageError} */
export function parseArguments(argv: string[]): Command {
  const { values, positionals } = optionsOf(argv)
  if (values.help === true) return { name: 'help' }
  const [stray] = positionals
  if (stray !== undefined)
    throw wrong(`"${stray}" belongs to no option (npm keeps options that do not come after -- for itself)`)
  if (values.from === undefined) {
    const [needy] = Object.keys(values)
    if (needy !== undefined) throw wrong(`--${needy} needs --from FILE|URL|-`)
    return { name: 'generate' }
  }
  if (values.from === '') throw wrong('--from needs a file, a URL or - for standard input')
  return {
    name: 'send',
    from: values.from,
    format: readFormat(values.format),
    linesPerSecond: readRate(values.rate),
    again: values.again === true,
  }
}

function optionsOf(argv: string[]) {
  try {
    return readOptions({
      args: argv,
      allowPositionals: true,
      options: {
        from: { type: 'string' },
        format: { type: 'string' },
        rate: { type: 'string' },
        again: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    })
  } catch (error) {
    throw error instanceof UsageError ? wrong(error.message) : error
  }
}

function readFormat(value: string | undefined): Format | null {
  if (value === undefined || value === 'ndjson' || value === 'csv') return value ?? null
  throw wrong(`--format must be ndjson or csv, not "${value}"`)
}

function readRate(value: string | undefined): number | null {
  if (value === undefined) return null
  if (!/^\d+(\.\d+)?$/.test(value) || Number(value) === 0)
    throw wrong(`--rate must be a number above 0, in lines per second, not "${value}"`)
  return Number(value)
}

const wrong = (what: string) => new UsageError(`${what}; npm run generate -- --help shows the options`)

import { readOptions, wholeNumber } from '../../cli/command-line.ts'

export type LiveOptions = {
  command: 'live'
  /** Subscribers of one question. */
  subscribers: number
  ratePerSecond: number
  seconds: number
}

/** @throws {UsageError} */
export function parseLive(argv: string[]): LiveOptions {
  const { values } = readOptions({
    args: argv,
    options: {
      subscribers: { type: 'string', default: '1000' },
      rate: { type: 'string', default: '100' },
      seconds: { type: 'string', default: '600' },
    },
  })
  return {
    command: 'live',
    subscribers: wholeNumber('--subscribers', values.subscribers, 1, 20_000),
    ratePerSecond: wholeNumber('--rate', values.rate, 1, 100_000),
    seconds: wholeNumber('--seconds', values.seconds, 10, 3_000),
  }
}

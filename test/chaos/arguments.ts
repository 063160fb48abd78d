import { readOptions, wholeNumber } from '../../cli/command-line.ts'

export type ChaosArguments = {
  firstSeed: number
  seeds: number
  minutes: number
}

export const usage = `npm run chaos -- [--seed S] [--minutes M] [--seeds N]

Sends logins to a Rollcall of its own while its parts and processes fail, and compares everything with what was sent.
  --seed S     decides what is sent and what fails when (1)
  --minutes M  how long logins are sent (1); healing and comparing take about another
  --seeds N    as many runs one after the other, from seed S on (1)`

/** @throws {UsageError} */
export function parseChaosArguments(argv: string[]): ChaosArguments {
  const option = (fallback: string) => ({ type: 'string', default: fallback }) as const
  const { values } = readOptions({
    args: argv,
    options: { seed: option('1'), minutes: option('1'), seeds: option('1') },
  })
  return {
    firstSeed: wholeNumber('--seed', values.seed, 0, 2 ** 31 - 1),
    minutes: wholeNumber('--minutes', values.minutes, 1, 24 * 60),
    seeds: wholeNumber('--seeds', values.seeds, 1, 10_000),
  }
}

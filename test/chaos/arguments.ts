import { parseArgs } from 'node:util'

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

/** What is wrong with the arguments. */
export class UsageError extends Error {
  override name = 'UsageError'
}

/** @throws {UsageError} */
export function parseChaosArguments(argv: string[]): ChaosArguments {
  const option = (fallback: string) => ({ type: 'string', default: fallback }) as const
  const { values } = parseOrExplain(() =>
    parseArgs({ args: argv, options: { seed: option('1'), minutes: option('1'), seeds: option('1') } }),
  )
  return {
    firstSeed: whole('--seed', values.seed, 0, 2 ** 31 - 1),
    minutes: whole('--minutes', values.minutes, 1, 24 * 60),
    seeds: whole('--seeds', values.seeds, 1, 10_000),
  }
}

function parseOrExplain<T>(parse: () => T): T {
  try {
    return parse()
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause })
  }
}

function whole(name: string, text: string, least: number, most: number): number {
  const value = Number(text)
  if (!/^\d+$/.test(text) || value < least || value > most)
    throw new UsageError(`${name} must be a whole number from ${least} to ${most}`)
  return value
}

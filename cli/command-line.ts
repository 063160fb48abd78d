import { parseArgs, type ParseArgsConfig } from 'node:util'

/** What is wrong with the arguments of a command, in one line. */
export class UsageError extends Error {
  override name = 'UsageError'
}

/**
 * Reads the options of a command as Node's `parseArgs` does, which is strict: an option that there is none of, or one without
 * its value, is refused.
 * @throws {UsageError}
 */
export function readOptions<T extends ParseArgsConfig>(config: T): ReturnType<typeof parseArgs<T>> {
  try {
    return parseArgs(config)
  } catch (cause) {
    // Node explains at length; its first sentence says what is wrong.
    const [what] = (cause instanceof Error ? cause.message : String(cause)).split(/[.\n]/)
    throw new UsageError(what, { cause })
  }
}

/**
 * The whole number that an option has.
 * @param name as it is written: `--events`
 * @throws {UsageError}
 */
export function wholeNumber(name: string, text: string, least: number, most: number): number {
  const value = Number(text)
  if (!/^\d+$/.test(text) || value < least || value > most)
    throw new UsageError(`${name} must be a whole number from ${least} to ${most}`)
  return value
}

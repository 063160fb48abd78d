import { parseArgs, type ParseArgsConfig } from 'node:util'

/** The arguments of a command are wrong; `message` is one line that says how. */
export class UsageError extends Error {
  override name = 'UsageError'
}

/**
 * Reads the options of a command with Node's `parseArgs`, which is strict.
 * @throws {UsageError} if an option is unknown or lacks its value
 */
export function readOptions<T extends ParseArgsConfig>(config: T): ReturnType<typeof parseArgs<T>> {
  try {
    return parseArgs(config)
  } catch (cause) {
    // Node's message is long; its first sentence says what is wrong.
    const [what] = (cause instanceof Error ? cause.message : String(cause)).split(/[.\n]/)
    throw new UsageError(what, { cause })
  }
}

/**
 * Reads the value of an option as a whole number.
 * @param name the option as it is written, such as `--events`
 * @throws {UsageError} if `text` is no whole number from `least` to `most`
 */
export function wholeNumber(name: string, text: string, least: number, most: number): number {
  const value = Number(text)
  if (!/^\d+$/.test(text) || value < least || value > most)
    throw new UsageError(`${name} must be a whole number from ${least} to ${most}`)
  return value
}

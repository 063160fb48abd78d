import { type GroupDimension, isOfClock } from '../../../domain/measures/group-dimension.ts'
import { UnsupportedCombinationError } from '../../context/errors.ts'

const pastArguments = ['asOf', 'asOfBatchId', 'since'] as const

/** An argument that asks for counts as of a moment, or since one. */
export type PastArgument = (typeof pastArguments)[number]

/** Those that a client sent. */
export const pastArgumentsOf = (args: { [Name in PastArgument]?: unknown }): PastArgument[] =>
  pastArguments.filter((name) => args[name] != null)

/**
 * Refuses a measure that does not add up by weekday or hour, and is known as of now only.
 * @param name the measure, as the client wrote it
 * @param past the arguments of the past that the client sent
 * @throws {UnsupportedCombinationError} if the question groups by the clock, or is about the past
 */
export function refuseClockAndPast(
  name: string,
  { groupBy, past }: { groupBy: readonly GroupDimension[]; past: readonly PastArgument[] },
): void {
  if (groupBy.some(isOfClock))
    throw new UnsupportedCombinationError(
      `${name} is not known by WEEKDAY or HOUR_OF_DAY, which are for measures that add up: leave one of them out, or ask for it of the total`,
      'groupBy',
    )
  refusePastOf(name, past)
}

/** Refuses a measure that is known as of now only. */
export function refusePastOf(name: string, past: readonly PastArgument[]): void {
  refusePast(past, (sent) => `${name} is known as of now only: leave it out, or ${sent}`)
}

/**
 * Refuses what is known as of now only.
 * @param past those that the client sent
 * @param messageOf takes their names
 * @throws {UnsupportedCombinationError} if there is one
 */
export function refusePast(past: readonly PastArgument[], messageOf: (sent: string) => string): void {
  const [first] = past
  if (first !== undefined) throw new UnsupportedCombinationError(messageOf(past.join(' and ')), first)
}

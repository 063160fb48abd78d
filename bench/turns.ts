/**
 * Runs every program once in each round, so that all meet the same conditions of the machine. Every other
 * round is in reverse order, so that steady changes, such as those of broker and disk, favour none of them.
 */
export const turns = <T>(rounds: number, programs: readonly T[]): T[] =>
  Array.from({ length: rounds }, (_, round) => (round % 2 === 0 ? programs : programs.toReversed())).flat()

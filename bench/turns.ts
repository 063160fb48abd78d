/**
 * Every program once a round, so that all meet the machine in the same moods; the first of a round is the last of the
 * next: what changes steadily, such as what broker and disk hold, favours none of them.
 */
export const turns = <T>(rounds: number, programs: readonly T[]): T[] =>
  Array.from({ length: rounds }, (_, round) => (round % 2 === 0 ? programs : programs.toReversed())).flat()

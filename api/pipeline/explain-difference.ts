import type { AnswerPoint } from '../../db/read/counts/answer-point.ts'
import { type Change, readChangesBetween } from '../../db/read/counts/changes-between.ts'
import type { CountFilter } from '../../db/read/counts/count-filter.ts'
import type { CountSource } from '../../db/read/counts/count-moment.ts'
import { readRetentionMoves } from '../../db/read/counts/retention-moves.ts'
import {
  addAttempts,
  type AttemptTally,
  type CausedChange,
  type CauseKind,
  causesOf,
  noAttempts,
  subtractAttempts,
} from '../../domain/pipeline/difference.ts'
import type { TimeBucket } from '../../domain/time/bucket.ts'
import type { ApiContext } from '../context/context.ts'
import { AnswerTooLargeError } from '../context/errors.ts'
import { limits } from '../context/limits.ts'
import { causeWords, retentionWords } from './cause-words.ts'
import { readCounts } from '../questions/read-counts.ts'
import { sourceAsOf } from '../questions/count-source.ts'

export type DifferenceExplanation = TimeBucket & {
  earlier: AttemptTally
  later: AttemptTally
  difference: AttemptTally
  causes: ExplainedCause[]
  /** What of the difference the causes do not add up to. */
  unexplained: AttemptTally
}

type ExplainedCause = AttemptTally & {
  kind: CauseKind | 'retention'
  message: string
  changes: CausedChange<Change>[]
}

type Asked = { range: TimeBucket; filter: CountFilter }
type Points = { earlier: NonNullable<AnswerPoint>; later: AnswerPoint }

/**
 * Explains why counts of a range differ between two points.
 * @throws {AnswerTooLargeError} more batches than the cap lie between them
 * @throws {DataGoneError} the range needs counts of minutes that are no longer kept
 */
export async function explainDifference(
  context: ApiContext,
  { earlier, later }: Points,
  asked: Asked,
): Promise<DifferenceExplanation> {
  const before = await countAt(context, earlier, 'earlier', asked)
  const after = await countAt(context, later, 'later', asked)
  const causes = causesOf(await changesBetween(context, earlier, later, asked))
  const difference = subtractAttempts(after, before)
  return {
    ...{ ...asked.range, earlier: before, later: after, difference },
    causes: [
      ...causes.map((cause) => ({ ...cause, message: causeWords(cause) })),
      ...(await retentionsBetween(context, earlier, later, asked.range)),
    ],
    unexplained: subtractAttempts(difference, causes.reduce<AttemptTally>(addAttempts, noAttempts)),
  }
}

async function retentionsBetween(
  { read }: ApiContext,
  earlier: NonNullable<AnswerPoint>,
  later: AnswerPoint,
  range: TimeBucket,
): Promise<ExplainedCause[]> {
  const until = later?.moment ?? null
  const moves = await read((session) => readRetentionMoves(session, earlier.moment, until, range))
  return moves.map((move) => ({
    ...{ kind: 'retention' as const, ...noAttempts, changes: [] },
    message: retentionWords(move),
  }))
}

/**
 * Counts what a point includes: what was written up to its moment, without what it lacks of that and with what
 * it has beyond.
 */
async function countAt(
  context: ApiContext,
  point: AnswerPoint,
  argument: string,
  asked: Asked,
): Promise<AttemptTally> {
  if (point === null) return await countFrom(context, { kind: 'now' }, asked)
  const { moment, position } = point
  const written = await countFrom(context, await sourceAsOf(context, moment, argument, [asked.range]), asked)
  if (position === null) return written
  const beside = await changesBetween(context, { moment, position: null }, point, asked)
  return beside.reduce<AttemptTally>(addAttempts, written)
}

async function countFrom(
  context: ApiContext,
  source: CountSource,
  { range, filter }: Asked,
): Promise<AttemptTally> {
  const counts = await readCounts(context, [range], { source, dimensions: ['outcome'], filter }, limits.rows)
  const sumOf = (some: typeof counts) =>
    BigInt(some.flatMap(({ logins }) => logins).reduce((sum, logins) => sum + logins, 0))
  return { attempts: sumOf(counts), failures: sumOf(counts.filter(({ outcome }) => outcome === 'failure')) }
}

async function changesBetween(
  { read }: ApiContext,
  earlier: AnswerPoint,
  later: AnswerPoint,
  { range, filter }: Asked,
): Promise<Change[]> {
  const changes = await read((session) =>
    readChangesBetween(session, earlier, later, range, filter, limits.batches),
  )
  if (changes !== null) return changes
  throw new AnswerTooLargeError(
    `more than the cap of ${limits.batches} batches with events around the range were written between the two points: ask for points ` +
      'nearer to each other, or for a range that few of them have events of',
    { argument: 'earlier', cap: limits.batches },
  )
}

import { type AnswerPoint, readMomentOf } from '../../db/read/counts/answer-point.ts'
import { readWrittenAt } from '../../db/read/counts/count-moment.ts'
import { positionOf } from '../../db/read/ledger/answer-position.ts'
import { readProgress } from '../../db/read/ledger/progress.ts'
import { includesPosition } from '../../domain/pipeline/answer-position.ts'
import type { Calendar } from '../../domain/time/calendar.ts'
import { type Moment, momentMs } from '../../domain/time/moment.ts'
import type { ApiContext } from '../context/context.ts'
import { InvalidArgumentError, noSuchBatch } from '../context/errors.ts'
import { parsePosition } from '../context/position-text.ts'
import { past } from '../questions/count-source.ts'

/** A moment, an answer or a batch, as clients name it; exactly one is given. */
export type PointArg = {
  at?: Moment | null | undefined
  position?: string | null | undefined
  batchId?: bigint | null | undefined
}

/**
 * The point that an argument names.
 * @param argument its name
 * @param zone where dates are
 * @throws {InvalidRangeError} a moment is in the future
 * @throws {NotFoundError} there is no such batch
 * @throws {InvalidArgumentError} a position is none of this topic, or this database does not include it
 */
export async function pointOf(
  context: ApiContext,
  argument: 'earlier' | 'later',
  { at, position, batchId }: PointArg,
  zone: Pick<Calendar, 'momentOf'>,
): Promise<NonNullable<AnswerPoint>> {
  if (at) {
    const remedy = argument === 'later' ? 'leave out later for the counts of now' : 'give an earlier moment'
    return { moment: past(context, `${argument}.at`, new Date(momentMs(at, zone)), remedy), position: null }
  }
  if (typeof batchId === 'bigint') {
    const moment = await context.read((session) => readWrittenAt(session, batchId))
    if (moment === null) throw noSuchBatch(batchId, `${argument}.batchId`)
    return { moment, position: null }
  }
  return await pointOfAnswer(context, `${argument}.position`, position ?? '')
}

async function pointOfAnswer(
  context: ApiContext,
  argument: string,
  text: string,
): Promise<NonNullable<AnswerPoint>> {
  const { read, topic } = context
  const position = parsePosition(text)
  if (position?.topic !== topic)
    throw new InvalidArgumentError(
      `${argument} must be the freshness.position of an answer about ${topic}, as it was given`,
      argument,
    )
  const shown = positionOf(topic, await read((session) => readProgress(session, topic)))
  if (!includesPosition(shown, position))
    throw new InvalidArgumentError(
      `${argument} includes more than the node that answers: send it as x-rollcall-read-after, too`,
      argument,
    )
  return { moment: await read((session) => readMomentOf(session, position)), position }
}

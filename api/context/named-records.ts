import { positionOf } from '../../db/read/ledger/answer-position.ts'
import { readCountedEvents } from '../../db/read/rows/counted-events.ts'
import { readNamedOffsets } from '../../db/read/ledger/named-offsets.ts'
import { readProgress } from '../../db/read/ledger/progress.ts'
import type { ReadSession } from '../../db/nodes/snapshot.ts'
import { type AnswerPosition, includesPosition } from '../../domain/pipeline/answer-position.ts'
import type { KafkaPosition } from '../../domain/pipeline/kafka-position.ts'
import { countingOf } from '../../domain/pipeline/named-record.ts'

/** Records that a request names, so that its answer includes them. */
export type NamedRecords = {
  offsets: readonly KafkaPosition[]
  /** Logins by the event_id of their producer. */
  events: readonly string[]
  /** Whatever these answers included. */
  answers: readonly AnswerPosition[]
}

export const sizeOfRecords = ({ offsets, events, answers }: NamedRecords): number =>
  offsets.length + events.length + answers.length

/**
 * Whether counts of a snapshot include all of the records.
 * @param topic the one that is counted
 */
export async function showsRecords(
  session: ReadSession,
  topic: string,
  { offsets, events, answers }: NamedRecords,
): Promise<boolean> {
  const places = await readNamedOffsets(session, offsets)
  if (places.some(({ fate }) => countingOf[fate] !== 'counted')) return false
  const counted = await readCountedEvents(session, topic, events)
  if (events.some((event) => !counted.has(event))) return false
  if (answers.length === 0) return true
  const shown = positionOf(topic, await readProgress(session, topic))
  return answers.every((answer) => includesPosition(shown, answer))
}

import type { ApiContext } from './context.ts'
import type { KafkaBounds } from './source-types.ts'

/** A place in a log of Kafka, which its topic's id tells from one of the same name. */
export type PlaceInLog = { topic: string; topicId: string; partition: number; offset: bigint }

/**
 * Where Kafka's log ends: the offset that its next record gets. Kafka is asked anew if the place was not
 * written yet a second ago.
 * @returns null if Kafka cannot be asked, or has another log by now
 */
export async function readLogEnd(
  { kafkaBounds }: Pick<ApiContext, 'kafkaBounds'>,
  place: PlaceInLog,
): Promise<bigint | null> {
  const known = endOf(await kafkaBounds(place.topic), place)
  if (known !== null && place.offset < known) return known
  return endOf(await kafkaBounds(place.topic, performance.now()), place)
}

function endOf(kafka: KafkaBounds, { partition, topicId }: PlaceInLog): bigint | null {
  if (!kafka.ok) return null
  return kafka.bounds.find((log) => log.partition === partition && log.topicId === topicId)?.end ?? null
}

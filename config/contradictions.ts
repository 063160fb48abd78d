/** Settings that are each right and cannot be so together. Said for whatever of them could be read. */
export function contradictions(settings: Record<string, unknown>): { setting: string; message: string }[] {
  return topicsTwice(settings)
}

/** The three topics: what is published would be read again as logins, without end, or refused as what it is not. */
const TOPICS = ['KAFKA_TOPIC', 'KAFKA_PROCESSED_TOPIC', 'KAFKA_DLQ_TOPIC']

function topicsTwice(settings: Record<string, unknown>): { setting: string; message: string }[] {
  return TOPICS.flatMap((setting, place) => {
    const other = TOPICS.slice(0, place).find((earlier) => isSameTopic(settings[setting], settings[earlier]))
    return other === undefined ? [] : [{ setting, message: `must be another topic than ${other}` }]
  })
}

/** Kafka refuses to create a topic beside one that differs only in . and _, because its metrics could not tell them apart. */
const isSameTopic = (one: unknown, other: unknown): boolean =>
  typeof one === 'string' &&
  typeof other === 'string' &&
  one.replaceAll('.', '_') === other.replaceAll('.', '_')

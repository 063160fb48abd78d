import { type Contradiction, wireContradictions } from './wire-contradictions.ts'

/**
 * Finds settings that are valid by themselves and contradict each other. Settings that are not valid are
 * ignored.
 */
export function contradictions(settings: Record<string, unknown>): Contradiction[] {
  return [...topicsTwice(settings), ...noDocuments(settings), ...wireContradictions(settings)]
}

/** They must differ, or published messages would be read again as logins without end, or rejected. */
const TOPICS = ['KAFKA_TOPIC', 'KAFKA_PROCESSED_TOPIC', 'KAFKA_DLQ_TOPIC']

function topicsTwice(settings: Record<string, unknown>): Contradiction[] {
  return TOPICS.flatMap((setting, place) => {
    const other = TOPICS.slice(0, place).find((earlier) => isSameTopic(settings[setting], settings[earlier]))
    return other === undefined ? [] : [{ setting, message: `must be another topic than ${other}` }]
  })
}

/**
 * Kafka refuses to create a topic whose name differs from another one's only in . and _, because their
 * metrics would be one.
 */
const isSameTopic = (one: unknown, other: unknown): boolean =>
  typeof one === 'string' &&
  typeof other === 'string' &&
  one.replaceAll('.', '_') === other.replaceAll('.', '_')

/** The API would refuse every question. */
const noDocuments = ({ API_DOCUMENTS: file, API_DOCUMENTS_ONLY: only }: Record<string, unknown>) =>
  only === true && file === undefined
    ? [{ setting: 'API_DOCUMENTS_ONLY', message: 'must be false unless API_DOCUMENTS names a file' }]
    : []

import { parseReadToken, type ReadToken } from '../../db/nodes/read-token.ts'
import { ID_MAX_CHARACTERS } from '../../domain/decode/decode-message.ts'
import { isOpaqueText } from '../../domain/login/opaque-text.ts'
import { parseKafkaPosition } from '../../domain/pipeline/kafka-position.ts'
import { limits } from './limits.ts'
import type { NamedRecords } from './named-records.ts'
import { parsePosition } from './position-text.ts'

/** What the header x-rollcall-read-after names. */
type ReadAfter = {
  /** Places in the write-ahead log, as commands return them. */
  tokens: ReadToken[]
  records: NamedRecords
}

/** What one thing in the list is; or why it is unusable, in words that follow the name of the header. */
type Item = { token: ReadToken } | Partial<NamedRecords> | string

/**
 * Parses the header: a list of tokens, positions of answers, places in Kafka and event_ids, separated by commas.
 * @param text null: there is no such header
 * @returns why it is unusable, in words that follow its name
 */
export function parseReadAfter(text: string | null): ReadAfter | string {
  const texts = text === null ? [] : text.split(',')
  if (texts.length > limits.readAfter)
    return `names ${texts.length} things, and may name ${limits.readAfter}: leave out what is earlier than others`
  const items = texts.map((item) => parseItem(item.trim()))
  const problem = items.find((item) => typeof item === 'string')
  if (problem !== undefined) return problem
  const records = items.flatMap((item) => (typeof item === 'string' || 'token' in item ? [] : [item]))
  return {
    tokens: items.flatMap((item) => (typeof item !== 'string' && 'token' in item ? [item.token] : [])),
    records: {
      offsets: records.flatMap(({ offsets = [] }) => offsets),
      events: records.flatMap(({ events = [] }) => events),
      answers: records.flatMap(({ answers = [] }) => answers),
    },
  }
}

const KAFKA = 'kafka:'
const EVENT = 'event:'

function parseItem(text: string): Item {
  if (text.startsWith(KAFKA)) {
    const offset = parseKafkaPosition(text.slice(KAFKA.length))
    return offset === null
      ? 'names a place in Kafka as kafka:<topic>/<partition>@<offset>'
      : { offsets: [offset] }
  }
  if (text.startsWith(EVENT)) {
    const event = decoded(text.slice(EVENT.length))
    return event === null
      ? `names an event_id as event:<event_id>: 1 to ${ID_MAX_CHARACTERS} characters, percent-encoded where they are a comma, a percent ` +
          'sign, or beyond ASCII'
      : { events: [event] }
  }
  const token = parseReadToken(text)
  if (token !== null) return { token }
  const answer = parsePosition(text)
  return answer === null
    ? 'must be extensions.readAfter as a command returned it, freshness.position of an answer, a place in Kafka as ' +
        'kafka:<topic>/<partition>@<offset>, or event:<event_id>; several are separated by commas'
    : { answers: [answer] }
}

/** An event_id as the header has it, because headers hold no text beyond Latin-1. Null: it can be none. */
function decoded(text: string): string | null {
  try {
    const event = decodeURIComponent(text)
    return isOpaqueText(event, ID_MAX_CHARACTERS) ? event : null
  } catch {
    return null
  }
}

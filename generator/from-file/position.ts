import { z } from 'zod'
import type { Format } from '../arguments.ts'
import type { Identity } from './source.ts'

const position = z.object({
  /** The run that wrote it: this tells two runs on the same source apart. */
  run: z.string(),
  topic: z.string(),
  identity: z.record(z.string(), z.union([z.string(), z.number(), z.null()])),
  format: z.enum(['ndjson', 'csv']),
  /** What the header row of a CSV file says; null: the format is NDJSON. */
  csv: z.object({ delimiter: z.string(), fields: z.array(z.string()) }).nullable(),
  /** Bytes of the unpacked content up to the end of the last line that Kafka acknowledged. */
  offset: z.int().nonnegative(),
  /** Number (from 1) of the next line. */
  lineNumber: z.int().positive(),
  /** Lines that Kafka acknowledged, over all runs. */
  sent: z.int().nonnegative(),
  /** Lines that were not sent because the topic does not take them, over all runs. */
  refused: z.int().nonnegative(),
  isFinished: z.boolean(),
})

/** How far a source has been sent. */
export type Position = z.infer<typeof position>

/** @throws {Error} in one line, when the text is no position */
export function parsePosition(text: string, file: string): Position {
  try {
    return position.parse(JSON.parse(text))
  } catch (error) {
    throw new Error(`${file} holds no position that this version can read; ${AGAIN}`, { cause: error })
  }
}

const AGAIN = '--again sends all of it from the beginning'

type Wanted = { name: string; identity: Identity; topic: string; format: Format | null }

/**
 * Checks that a position belongs to what is to be sent now.
 * @throws {Error} in one line, when going on from it would skip or repeat lines
 */
export function checkPosition(position: Position, { name, identity, topic, format }: Wanted): void {
  const changes = Object.entries(position.identity).filter(([key, value]) => identity[key] !== value)
  if (changes.length > 0) {
    const differences = changes.map(([key, before]) => describe(key, before, identity[key] ?? null))
    throw new Error(`${name} is not what it was when it was sent (${differences.join(', ')}); ${AGAIN}`)
  }
  if (position.topic !== topic)
    throw new Error(`${name} was sent to ${position.topic}, and not to ${topic}; ${AGAIN}`)
  if (format !== null && format !== position.format)
    throw new Error(`${name} was sent as ${position.format}, and not as ${format}; ${AGAIN}`)
}

const describe = (key: string, before: Identity[string], now: Identity[string]) =>
  key === 'beginning' ? 'its beginning is another' : `${key} ${before ?? 'unknown'}, now ${now ?? 'unknown'}`

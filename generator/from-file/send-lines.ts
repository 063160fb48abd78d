import { randomUUID } from 'node:crypto'
import type { LoginProducer, LoginRecord } from '../../kafka/write/login-producer.ts'
import type { Line } from './split-lines.ts'

/** A line that the topic does not take, and why. */
export type RefusedLine = { line: Line; reason: string }

type SentLines = { acknowledged: ReadonlyMap<number, number>; refused: RefusedLine[] }

/**
 * Sends what `valuesOf` returns for each line, with a random UUID as key. Resolves when Kafka has
 * acknowledged or refused every line.
 * @throws when the producer is told to give up
 */
export async function sendLines(
  lines: readonly Line[],
  valuesOf: (lines: readonly Line[]) => (Buffer | null)[],
  producer: LoginProducer,
): Promise<SentLines> {
  const records = new Map<LoginRecord, Line>()
  const unsendable: RefusedLine[] = []
  const values = valuesOf(lines)
  for (const [index, line] of lines.entries()) {
    const value = values[index] ?? null
    if (value === null) unsendable.push({ line, reason: 'longer than any login that Rollcall can take' })
    else records.set({ key: Buffer.from(randomUUID()), value }, line)
  }
  const { acknowledged, refused } = await producer.send([...records.keys()])
  const untaken = refused.flatMap(({ record, cause }) => {
    const line = records.get(record)
    return line === undefined ? [] : [{ line, reason: cause.message }]
  })
  return { acknowledged, refused: [...unsendable, ...untaken].sort((a, b) => a.line.number - b.line.number) }
}

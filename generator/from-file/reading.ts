import type { Format } from '../arguments.ts'
import { chooseFormat } from './choose-format.ts'
import { type Content, contentOf, isGzip, refuseForeign, skip } from './content.ts'
import { csvLineEnds } from './csv-line-ends.ts'
import { type CsvForm, findDelimiter, readHeader, rowsAsJson } from './csv-rows.ts'
import { LineReader } from './line-reader.ts'
import { HEAD_BYTES, peek, type Source } from './source.ts'
import { type Line, LineSplitter, LF, plainLineEnds } from './split-lines.ts'

/** Where a line begins: its byte in the content, and its number from 1. */
type Place = { offset: number; lineNumber: number }

/** The lines of a source from a place on, and how they become records. */
export type Reading = {
  format: Format
  /** Null: NDJSON. */
  csv: CsvForm | null
  /** A description for people, such as `CSV (by its name)`. */
  description: string
  start: Place
  reader: LineReader
  blankLines: () => number
  /** The share of the source that lies before a byte of the content; null: its size is not known. */
  shareBefore: (offset: number) => number | null
  /** Returns what to send for each line; null for a line that can't be sent. */
  valuesOf: (lines: readonly Line[]) => (Buffer | null)[]
}

const UTF8_BOM = Buffer.from([0xef, 0xbb, 0xbf])

/** Reads from the beginning, after finding out the format. @throws {Error} in one line */
export async function readFromBeginning(
  source: Source,
  option: Format | null,
  stop: AbortSignal,
): Promise<Reading> {
  const whole = contentOf(source, 0)
  const { head, all } = await peek(
    whole.chunks,
    (bytes) => bytes.includes(LF) || bytes.length >= HEAD_BYTES,
    stop,
  )
  refuseForeign(source.name, head)
  const offset = head.subarray(0, UTF8_BOM.length).equals(UTF8_BOM) ? UTF8_BOM.length : 0
  const { format, by } = chooseFormat({ ...source, option, head: head.subarray(offset, HEAD_BYTES) })
  const found = `${format === 'csv' ? 'CSV' : 'NDJSON'}${isGzip(source) ? ', unpacked' : ''} (by ${by})`
  const description = head.length === 0 ? 'which is empty' : found
  const start = { offset, lineNumber: 1 }
  const content = { ...whole, chunks: skip(all, offset) }
  if (format === 'ndjson') return reading(content, null, description, start, stop)
  const [headerRow = ''] = head.subarray(offset).toString().split('\n', 1)
  return readHeaderRow(source.name, findDelimiter(headerRow), { content, description, start, stop })
}

type Beginning = { content: Content; description: string; start: Place; stop: AbortSignal }

async function readHeaderRow(
  name: string,
  delimiter: string,
  { content, description, start, stop }: Beginning,
): Promise<Reading> {
  const opened = reading(content, { delimiter, fields: [] }, description, start, stop)
  const [header] = await opened.reader.take(1, Infinity)
  if (header === undefined) return opened
  try {
    const csv = readHeader(header, delimiter)
    const fields = `${description}, fields ${csv.fields.join(', ')}`
    return {
      ...opened,
      csv,
      description: fields,
      start: { offset: header.end, lineNumber: header.nextNumber },
      valuesOf: (lines) => rowsAsJson(lines, csv),
    }
  } catch (error) {
    throw new Error(`${name}: ${(error as Error).message}`, { cause: error })
  }
}

/** Reads from where an earlier run stopped. */
export function readFrom(source: Source, start: Place, csv: CsvForm | null, stop: AbortSignal): Reading {
  const description = `${csv === null ? 'NDJSON' : 'CSV'} as before`
  return reading(contentOf(source, start.offset), csv, description, start, stop)
}

function reading(
  content: Content,
  csv: CsvForm | null,
  description: string,
  start: Place,
  stop: AbortSignal,
): Reading {
  const ends = csv === null ? plainLineEnds() : csvLineEnds(csv.delimiter)
  const splitter = new LineSplitter(ends, { offset: start.offset, number: start.lineNumber })
  return {
    format: csv === null ? 'ndjson' : 'csv',
    csv,
    description,
    start,
    reader: new LineReader(content.chunks, splitter, stop),
    blankLines: () => splitter.blankLines,
    shareBefore: content.shareBefore,
    valuesOf: (lines) => (csv === null ? lines.map(({ bytes }) => bytes) : rowsAsJson(lines, csv)),
  }
}

import type { Format } from '../arguments.ts'
import { findDelimiter } from './csv-rows.ts'

type FormatClues = {
  /** What `--format` says. */
  option: Format | null
  name: string
  fileName: string
  contentType: string | null
  /** The beginning of the unpacked content: at least its first line. */
  head: Buffer
}

const extensions: Record<string, Format> = { ndjson: 'ndjson', jsonl: 'ndjson', csv: 'csv', tsv: 'csv' }
const contentTypes: Record<string, Format> = {
  'application/x-ndjson': 'ndjson',
  'application/ndjson': 'ndjson',
  'application/jsonl': 'ndjson',
  'application/x-jsonlines': 'ndjson',
  'text/csv': 'csv',
  'text/tab-separated-values': 'csv',
}

/**
 * Decides the format, and says by what.
 * @throws {Error} in one line, when only the first bytes are left to decide and they are neither NDJSON nor
 *   CSV
 */
export function chooseFormat(clues: FormatClues): { format: Format; by: string } {
  if (clues.option !== null) return { format: clues.option, by: '--format' }
  const byType = contentTypes[clues.contentType ?? '']
  if (byType !== undefined) return { format: byType, by: 'its content type' }
  const byName = extensions[/\.(\w+)(\.gz)?$/.exec(clues.fileName.toLowerCase())?.[1] ?? '']
  if (byName !== undefined) return { format: byName, by: 'its name' }
  return { format: byFirstBytes(clues), by: 'its first bytes' }
}

function byFirstBytes({ name, contentType, head }: FormatClues): Format {
  const lines = head.toString().trimStart().split('\n')
  const [firstLine = ''] = lines
  const isPage = contentType === 'text/html' || /^<(!doctype|html)/i.test(firstLine)
  if (isPage) throw new Error(`${name} is a web page; use --format ndjson to send its lines all the same`)
  if (firstLine.startsWith('['))
    throw new Error(
      `${name} begins like a JSON array: turn it into lines, for example with jq -c .[], or send it line by line with --format ndjson`,
    )
  // Looks at all lines: the first one may be garbage with a comma in it.
  if (lines.some((line) => line.startsWith('{'))) return 'ndjson'
  return firstLine.split(findDelimiter(firstLine)).length > 1 ? 'csv' : 'ndjson'
}

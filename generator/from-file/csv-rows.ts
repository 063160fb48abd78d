import { isUtf8 } from 'node:buffer'
import { parse } from 'csv-parse/sync'
import type { Line } from './split-lines.ts'

/** How to read the rows of a CSV file, as its header row says. */
export type CsvForm = { delimiter: string; fields: string[] }

const delimiters = [',', ';', '\t']

/** Finds the delimiter that occurs most often outside quotes in the header row; a comma if none does. */
export function findDelimiter(headerRow: string): string {
  const unquoted = headerRow.replaceAll(/"[^"]*"/g, '')
  const count = (delimiter: string) => unquoted.split(delimiter).length
  return delimiters.reduce((most, delimiter) => (count(delimiter) > count(most) ? delimiter : most))
}

/**
 * Reads the names of the fields. A column without a name is called `column_3`, and a name that occurs again
 * `ip_2`.
 * @throws {Error} when the header row can't be read
 */
export function readHeader(header: Line, delimiter: string): CsvForm {
  const [names] = parseRows([header].filter(isReadable), delimiter)
  if (names === undefined)
    throw new Error('the header row is not CSV in UTF-8, or has a quote that is never closed')
  const fields: string[] = []
  for (const [index, cell] of names.entries()) {
    const name = cell.trim() || columnName(index)
    let unique = name
    for (let again = 2; fields.includes(unique); again++) unique = `${name}_${again}`
    fields.push(unique)
  }
  return { delimiter, fields }
}

/**
 * Turns rows into JSON objects whose values are strings. An empty cell is a missing field, because CSV can't
 * tell the two apart. Cells beyond the header row are called `column_8` and so on. A row that can't be read
 * (not UTF-8, or with a quote that is never closed) is sent as it is.
 */
export function rowsAsJson(rows: readonly Line[], form: CsvForm): (Buffer | null)[] {
  const readable = rows.filter(isReadable)
  const parsed = new Map(parseRows(readable, form.delimiter).map((cells, i) => [readable[i], cells]))
  return rows.map((row) => {
    const cells = parsed.get(row)
    return cells === undefined ? row.bytes : asJson(cells, form)
  })
}

function asJson(cells: string[], { fields }: CsvForm): Buffer {
  const members = cells.flatMap((cell, index) =>
    cell === '' ? [] : [`${JSON.stringify(fields[index] ?? columnName(index))}:${JSON.stringify(cell)}`],
  )
  return Buffer.from(`{${members.join(',')}}`)
}

const columnName = (index: number) => `column_${index + 1}`

const isReadable = ({ bytes, isUnclosed }: Line): boolean => !isUnclosed && bytes !== null && isUtf8(bytes)

/** Parses many rows at once, which takes a fraction of the time. */
function parseRows(rows: readonly Line[], delimiter: string): string[][] {
  const text = rows.map(({ bytes }) => String(bytes)).join('\n')
  return parse(text, { delimiter, record_delimiter: '\n', relax_quotes: true, relax_column_count: true })
}

import type { PendingQuery, Row } from 'postgres'
import type { ReadSession } from '../nodes/snapshot.ts'

type Sql = ReadSession['sql']

/** Decodes the binary forms of types by their OIDs (src/include/catalog/pg_type.dat of Postgres). */
const decoders: Readonly<Record<number, (bytes: Buffer) => unknown>> = {
  16: (bool) => bool[0] === 1,
  // A copy: the bytes lie in what has arrived so far, in between others, and their memory is taken (takenNumbers).
  17: (bytea) => Buffer.from(bytea),
  23: (int4) => int4.readInt32BE(),
  25: (text) => text.toString(),
  114: (json) => JSON.parse(json.toString()) as unknown,
  701: (float8) => float8.readDoubleBE(),
}

/**
 * Runs a query that returns long bytea, which arrive as they are. postgres.js asks for text, in which a byte takes two digits, or a
 * third more in base 64, and Node reads all of it twice; only a binary cursor that is fetched by the simple protocol gives bytes
 * (DECLARE in the manual of Postgres).
 * @param name of the cursor, by which the log of Postgres names the statement; statements that run at once may share it
 * @param query of columns of the types that `decoders` has
 */
export async function readBinary<Found extends object>(
  sql: Sql,
  name: string,
  query: PendingQuery<Row[]>,
): Promise<Found[]> {
  const cursor = sql(name)
  // Sent together: nothing else of the transaction comes in between.
  const [, rows] = await Promise.all([
    sql`declare ${cursor} binary no scroll cursor for ${query}`.execute(),
    sql`fetch all from ${cursor}`.simple().raw().execute(),
    sql`close ${cursor}`.simple().execute(),
  ])
  const read = rows.statement.columns.map(({ name: column, type }) => {
    const decode = decoders[type]
    if (decode === undefined) throw new RangeError(`${name}: column ${column} has type ${type}`)
    return [column, decode] as const
  })
  return Array.from(rows as (Buffer | null)[][], (values) => {
    const row: Record<string, unknown> = {}
    read.forEach(([column, decode], place) => {
      const value = values[place] ?? null
      row[column] = value === null ? null : decode(value)
    })
    return row as Found
  })
}

/** The bits of a bit string as a bytea, in SQL. */
export const bytesOfBits = (bits: string): string =>
  // bit_send begins with the number of bits, in 4 bytes.
  `substring(bit_send(${bits}) from 5)`

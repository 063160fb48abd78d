import type { PendingQuery, Row } from 'postgres'
import type { DimensionName } from '../../../domain/counts/dimensions.ts'
import type { ReadSession } from '../../nodes/snapshot.ts'
import { addedBy, pendingDeltas } from './count-buckets.ts'

/**
 * Reads the values that logins were ever counted with, those that are not rolled up yet included. For
 * dimensions without a closed list.
 * @param among reads only those of this list; null: all
 * @param most how many may be read
 * @returns null when there are more
 */
export async function readKnownValues(
  session: ReadSession,
  dimension: DimensionName,
  among: readonly string[] | null,
  most: number,
): Promise<string[] | null> {
  const { sql } = session
  const values = await readWithin(session, dimension, most, (column) =>
    among === null ? sql`` : sql`and ${sql(column)} = any(${[...among]}::text[])`,
  )
  return values.length > most ? null : values
}

/**
 * Reads the values, as readKnownValues, that differ from some texts in upper and lower case only.
 * @param most how many are read
 */
export async function readValuesInAnyCase(
  session: ReadSession,
  dimension: DimensionName,
  texts: readonly string[],
  most: number,
): Promise<string[]> {
  const { sql } = session
  const lower = texts.map((text) => text.toLowerCase())
  return await readWithin(
    session,
    dimension,
    most,
    (column) => sql`and lower(${sql(column)}) = any(${lower}::text[])`,
  )
}

/** Reads up to one value more than the most. */
async function readWithin(
  { sql }: ReadSession,
  dimension: DimensionName,
  most: number,
  within: (column: string) => PendingQuery<Row[]>,
): Promise<string[]> {
  const rows = await sql<{ value: string }[]>`
    /* readKnownValues */
    select value from dimension_value where dimension = ${dimension} ${within('value')}
    union
    select added.${sql(dimension)}
    from ${pendingDeltas(sql)}
    ${addedBy(sql, [dimension])}
    where true ${within(dimension)}
    limit ${most + 1}`
  return rows.map(({ value }) => value)
}

import type { PendingQuery, Row } from 'postgres'
import type { Transaction } from '../connection/connect.ts'

/**
 * A bitmap with this many members at most is stored compressed. With 64 members it takes 260 bytes instead of
 * a page of 8 KiB, and 4 µs more to read. Writing it takes twice as long as uncompressed; with 128 members
 * three times, with 256 six times.
 */
const FEW = 64

type Fragment = PendingQuery<Row[]>

/** The two columns of engagement_chunk for a bitmap: one holds it, the other is null. */
export const bitmapColumns = (tx: Transaction) => tx`members, few_members`

/**
 * The values of bitmapColumns for a bitmap.
 * @param bits the name of a column: an expression would be computed several times
 */
export const bitmapValues = (tx: Transaction, bits: Fragment) => tx`
  case when bit_count(${bits}) > ${FEW}::integer then ${bits} end,
  case when bit_count(${bits}) <= ${FEW}::integer then ${bits} end`

/** The bitmap of a row, whichever column it is in. */
export const bitmapOfRow = (tx: Transaction, row: string) =>
  tx`coalesce(${tx(row)}.members, ${tx(row)}.few_members)`

/** The `set …` of an update that replaces a bitmap. */
export const setBitmap = (tx: Transaction, bits: Fragment) => tx`
  set (members, few_members) = (select ${bitmapValues(tx, tx`bits`)} from (select ${bits} as bits offset 0) as changed)`

/** The `do update …` of an insert into rows called `held`: adds the new members to those that are held. */
export const addToBitmap = (tx: Transaction) => {
  const [held, added] = [bitmapOfRow(tx, 'held'), bitmapOfRow(tx, 'excluded')]
  return tx`do update ${setBitmap(tx, tx`${held} | ${added}`)} where ${held} <> ${held} | ${added}`
}

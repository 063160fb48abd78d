import type { PendingQuery, Row } from 'postgres'
import type { Transaction } from '../connection/connect.ts'

/**
 * Members of a bitmap that is packed, at most. 64 of them take 260 bytes instead of a page of 8 KiB, and 4 µs more to read; to
 * write them packed takes twice as long as unpacked, 128 of them three times, 256 six times.
 */
const FEW = 64

type Fragment = PendingQuery<Row[]>

/** The columns of engagement_chunk and six_hour_chunk that hold a bitmap; one of them is null. */
export const bitmapColumns = (tx: Transaction) => tx`members, few_members`

/**
 * Values of bitmapColumns.
 * @param bits a column: an expression would be computed several times
 */
export const bitmapValues = (tx: Transaction, bits: Fragment) => tx`
  case when bit_count(${bits}) > ${FEW}::integer then ${bits} end,
  case when bit_count(${bits}) <= ${FEW}::integer then ${bits} end`

/** The bitmap of a row, whichever column it is in. */
export const bitmapOfRow = (tx: Transaction, row: string) =>
  tx`coalesce(${tx(row)}.members, ${tx(row)}.few_members)`

/** `set …` of an update. */
export const setBitmap = (tx: Transaction, bits: Fragment) => tx`
  set (members, few_members) = (select ${bitmapValues(tx, tx`bits`)} from (select ${bits} as bits offset 0) as changed)`

/** `on conflict … do update` of an insert into rows called `held`: what is new is added to what is held. */
export const addToBitmap = (tx: Transaction) => {
  const [held, added] = [bitmapOfRow(tx, 'held'), bitmapOfRow(tx, 'excluded')]
  return tx`do update ${setBitmap(tx, tx`${held} | ${added}`)} where ${held} <> ${held} | ${added}`
}

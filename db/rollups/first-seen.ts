import type { Transaction } from '../connection/connect.ts'

const NUMBER_BYTES = 4

/** Users whose first login turned out to be in another quarter of an hour than `quarter`: numbers of 4 bytes each. */
export type MovedFirsts = { quarter: Date; users: Buffer }

/** Takes users out of the quarters in which their first logins no longer are. */
export async function removeFirsts(tx: Transaction, moved: readonly MovedFirsts[]): Promise<void> {
  for (const { quarter, users } of moved) {
    const at = quarter.toISOString()
    const [held] = await tx<{ users: Buffer }[]>`/* removeFirsts: held */
      select users from first_seen where quarter = ${at}::text::timestamptz`
    const gone = new Set(numbersOf(users))
    const left = numbersOf(held?.users ?? Buffer.alloc(0)).filter((number) => !gone.has(number))
    const packed = Buffer.alloc(left.length * NUMBER_BYTES)
    for (const [place, number] of left.entries()) packed.writeInt32BE(number, place * NUMBER_BYTES)
    await tx`/* removeFirsts */
      update first_seen set users = decode(${packed.toString('hex')}, 'hex') where quarter = ${at}::text::timestamptz`
  }
}

/** The numbers of users, which are packed into 4 bytes each. */
export const numbersOf = (packed: Buffer): number[] =>
  Array.from({ length: packed.length / NUMBER_BYTES }, (_, place) => packed.readInt32BE(place * NUMBER_BYTES))

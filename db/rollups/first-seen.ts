import { listedNumbers, numberList } from '../../domain/engagement/read-numbers.ts'
import type { Transaction } from '../connection/connect.ts'

/** Users whose first login turned out to be in another quarter of an hour than `quarter`: numbers of 4 bytes each. */
export type MovedFirsts = { quarter: Date; users: Buffer }

/** Takes users out of the quarters in which their first logins no longer are. */
export async function removeFirsts(tx: Transaction, moved: readonly MovedFirsts[]): Promise<void> {
  for (const { quarter, users } of moved) {
    const at = quarter.toISOString()
    const [held] = await tx<{ users: Buffer }[]>`/* removeFirsts: held */
      select users from first_seen where quarter = ${at}::text::timestamptz`
    const gone = new Set(listedNumbers(users))
    const left = listedNumbers(held?.users ?? Buffer.alloc(0)).filter((number) => !gone.has(number))
    await tx`/* removeFirsts */
      update first_seen set users = decode(${Buffer.from(numberList(left)).toString('hex')}, 'hex') where quarter = ${at}::text::timestamptz`
  }
}

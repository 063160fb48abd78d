import { readAddressesWithin, readUnindexedWithin } from '../../db/read/engagement/network-addresses.ts'
import type { ApiContext } from '../context/context.ts'
import { AnswerTooLargeError } from '../context/errors.ts'
import type { NamedAddresses } from './addresses.ts'

/** The addresses of some networks that attempts ever came from. */
export type NetworkMembers = {
  /** By address; null: it has no number yet. */
  numbers: ReadonlyMap<string, number | null>
  /** The networks without any, as the client wrote them. */
  empty: string[]
}

/**
 * Finds the addresses of networks, as of the snapshot of the request.
 * @param most how many there may be
 * @throws {AnswerTooLargeError} if there are more
 */
export async function networkMembers(
  { read }: Pick<ApiContext, 'read'>,
  networks: NamedAddresses['networks'],
  { argument, most }: { argument: string; most: number },
): Promise<NetworkMembers> {
  if (networks.length === 0) return { numbers: new Map(), empty: [] }
  const named = networks.map(({ network }) => network)
  const known = await read((session) => readAddressesWithin(session, named, most))
  const seen = await read((session) => readUnindexedWithin(session, named))
  const numbers = new Map<string, number | null>(known ?? [])
  for (const ip of seen) if (!numbers.has(ip)) numbers.set(ip, null)
  if (known === null || numbers.size > most) throw tooMany(argument, most)
  const found = [...numbers.keys()]
  return {
    numbers,
    empty: networks.flatMap(({ network, text }) => (found.some(network.includes) ? [] : [text])),
  }
}

const tooMany = (argument: string, cap: number) =>
  new AnswerTooLargeError(
    `attempts came from more addresses of the networks of ${argument} than the cap of ${cap}: ask for narrower networks, or for some of them at a time`,
    { argument, cap },
  )

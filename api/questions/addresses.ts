import type { Network } from '../../domain/fields/network.ts'
import { parseNetwork } from '../../domain/fields/network.ts'
import { parseIp } from '../../domain/fields/ip.ts'
import { AnswerTooLargeError, InvalidArgumentError } from '../context/errors.ts'
import { limits } from '../context/limits.ts'
import { quoted } from './named-texts.ts'

/**
 * An IP address in the form in which logins are stored.
 * @param argument the argument that the text is given as
 * @throws {InvalidArgumentError} if the text is not an IP address
 */
export function ipOf(text: string, argument: string): string {
  const address = parseIp(text.trim())
  if (address === null)
    throw new InvalidArgumentError(
      `${quoted(text)} is not an IP address: give IPv4 such as 192.0.2.1 or IPv6 such as 2001:db8::1`,
      argument,
    )
  return address.ip
}

/** What a list of addresses and networks names; texts are as the client wrote them. */
export type NamedAddresses = {
  /** By the address in the form in which logins are stored. */
  single: ReadonlyMap<string, string>
  networks: readonly { network: Network; text: string }[]
}

/**
 * The addresses and networks of a list.
 * @param argument the argument that has the list
 * @throws {InvalidArgumentError} if a text is neither
 * @throws {AnswerTooLargeError} if there are more networks than the cap
 */
export function namedAddresses(texts: readonly string[], argument: string): NamedAddresses {
  const single = new Map<string, string>()
  const networks: { network: Network; text: string }[] = []
  texts.forEach((text, i) => {
    if (text.includes('/')) networks.push({ network: networkOf(text, `${argument}[${i}]`), text })
    else single.set(ipOf(text, `${argument}[${i}]`), text)
  })
  if (networks.length <= limits.networks) return { single, networks }
  throw new AnswerTooLargeError(
    `${argument} names ${networks.length} networks, more than the cap of ${limits.networks}: ask for some of them at a time`,
    { argument, cap: limits.networks, asked: networks.length },
  )
}

function networkOf(text: string, argument: string): Network {
  const network = parseNetwork(text.trim())
  if (network !== null) return network
  throw new InvalidArgumentError(
    `${quoted(text)} is not a network: write it as 203.0.113.0/24 or 2001:db8::/32 (CIDR)`,
    argument,
  )
}

import { parseIp } from '../../domain/fields/ip.ts'
import { InvalidArgumentError } from '../context/errors.ts'

/**
 * An IP address in the form in which logins are stored.
 * @param argument the argument that the text is given as
 * @throws {InvalidArgumentError} if the text is not an IP address
 */
export function ipOf(text: string, argument: string): string {
  const address = parseIp(text.trim())
  if (address === null)
    throw new InvalidArgumentError(
      `${JSON.stringify(text.slice(0, 60))} is not an IP address: give IPv4 such as 192.0.2.1 or IPv6 such as 2001:db8::1`,
      argument,
    )
  return address.ip
}

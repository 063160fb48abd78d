import { parseIp } from '../../domain/fields/ip.ts'
import { InvalidAddressError } from '../context/errors.ts'

/** An address in the form that logins are kept with. @throws {InvalidAddressError} */
export function ipOf(text: string): string {
  const address = parseIp(text.trim())
  if (address === null)
    throw new InvalidAddressError(
      `${JSON.stringify(text.slice(0, 60))} is no IP address: give IPv4 such as 192.0.2.1 or IPv6 such as 2001:db8::1`,
    )
  return address.ip
}

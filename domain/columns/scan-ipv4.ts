const DOT = 0x2e
const ZERO = 0x30
const LONGEST = 15

/**
 * The address that bytes write as four decimal numbers without leading zeros, as a 32-bit unsigned integer.
 * @returns -1: they do not, see domain/fields/ip.ts
 */
export function scanIpv4(bytes: Uint8Array, start: number, end: number): number {
  if (end - start > LONGEST) return -1
  let address = 0
  let octet = -1
  let dots = 0
  for (let at = start; at < end; at++) {
    const digit = (bytes[at] ?? 0) - ZERO
    if (digit === DOT - ZERO) {
      if (octet < 0 || dots === 3) return -1
      address = address * 256 + octet
      octet = -1
      dots++
    } else if (digit < 0 || digit > 9 || octet === 0) {
      return -1
    } else {
      octet = octet < 0 ? digit : octet * 10 + digit
      if (octet > 255) return -1
    }
  }
  return dots === 3 && octet >= 0 ? address * 256 + octet : -1
}

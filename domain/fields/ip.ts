import ipaddr from 'ipaddr.js'
import type { IpScope } from '../login/login.ts'

export type IpAddress = { ip: string; scope: IpScope }

/**
 * Returns the normal form of an address, or null if `text` is none. It accepts IPv4 as four decimal numbers
 * without leading zeros, and IPv6 without a zone. It returns IPv6 in lower case and compressed (RFC 5952),
 * and IPv4-mapped IPv6 as IPv4. Postgres `inet` takes every result.
 *
 * The scope follows the registries that ipaddr.js carries: `public` is unicast; `private` is RFC 1918, unique
 * local, carrier-grade NAT, link-local and loopback; everything else (documentation, multicast, 6to4, Teredo,
 * …) is `reserved`.
 */
export function parseIp(text: string): IpAddress | null {
  const octets = parseIpv4(text)
  if (octets !== null) return { ip: text, scope: ipv4Scope(octets) }
  return text.includes(':') ? parseIpv6(text) : null
}

/** The address as a 32-bit unsigned integer. */
function parseIpv4(text: string): number | null {
  if (text.length > 15) return null
  let address = 0
  let octet = -1
  let dots = 0
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code === 46) {
      if (octet < 0 || dots === 3) return null
      address = address * 256 + octet
      octet = -1
      dots++
    } else if (code < 48 || code > 57 || octet === 0) {
      return null
    } else {
      octet = octet < 0 ? code - 48 : octet * 10 + (code - 48)
      if (octet > 255) return null
    }
  }
  return dots === 3 && octet >= 0 ? address * 256 + octet : null
}

// First octets under which ipaddr.js knows a special range. Below 224, every other one is unicast throughout.
const specialFirstOctets = new Set([0, 10, 100, 127, 169, 172, 192, 198, 203])

/** @param address 32 bits, unsigned */
export function ipv4Scope(address: number): IpScope {
  const first = address >>> 24
  if (first < 224 && !specialFirstOctets.has(first)) return 'public'
  return scopeOf(
    new ipaddr.IPv4([first, (address >>> 16) & 255, (address >>> 8) & 255, address & 255]).range(),
  )
}

// The longest form has six groups of four digits and a dotted IPv4 address.
const IPV6_MAX_CHARACTERS = 45

function parseIpv6(text: string): IpAddress | null {
  if (text.length > IPV6_MAX_CHARACTERS || text.includes('%')) return null
  // ipaddr.js also accepts octal and hexadecimal numbers in a dotted tail.
  if (text.includes('.') && parseIpv4(text.slice(text.lastIndexOf(':') + 1)) === null) return null
  if (!ipaddr.IPv6.isValid(text)) return null
  const address = ipaddr.IPv6.parse(text)
  const unmapped = address.isIPv4MappedAddress() ? address.toIPv4Address() : address
  return { ip: unmapped.toString(), scope: scopeOf(unmapped.range()) }
}

/**
 * The 16 bytes of an IPv6 address in normal form.
 * @throws {Error} if the text is none
 */
export const ipv6Bytes = (text: string): readonly number[] => ipaddr.IPv6.parse(text).toByteArray()

function scopeOf(range: string): IpScope {
  switch (range) {
    case 'unicast':
      return 'public'
    case 'private':
    case 'uniqueLocal':
    case 'carrierGradeNat':
    case 'linkLocal':
    case 'loopback':
      return 'private'
    default:
      return 'reserved'
  }
}

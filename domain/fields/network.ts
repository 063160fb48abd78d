import ipaddr from 'ipaddr.js'
import { parseIp } from './ip.ts'

/** Addresses whose first bits are the same. */
export type Network = {
  /** In CIDR notation, with its first address in normal form, such as 203.0.113.0/24. */
  text: string
  /** What all its addresses begin with as texts in normal form; others may, too. */
  startsWith: string
  /** Whether an address in normal form is in it. */
  includes: (ip: string) => boolean
}

const CIDR = /^(?<ip>[^/]+)\/(?<bits>\d{1,3})$/
/** How many bits of an IPv6 address that stands for one of IPv4 are before that. */
const MAPPED_BITS = 96

/**
 * Reads a network in CIDR notation (RFC 4632, RFC 4291 section 2.3), written with any of its addresses: 203.0.113.77/24 is
 * 203.0.113.0/24. Addresses of IPv4 that are written as IPv6 are read as parseIp reads them. Returns null if the text is no network.
 */
export function parseNetwork(text: string): Network | null {
  const { ip: written = '', bits: digits = '' } = CIDR.exec(text)?.groups ?? {}
  const ip = parseIp(written)?.ip
  if (ip === undefined) return null
  const isIpv4 = !ip.includes(':')
  const bits = Number(digits) - (isIpv4 && written.includes(':') ? MAPPED_BITS : 0)
  if (bits < 0 || bits > (isIpv4 ? 32 : 128)) return null
  return isIpv4 ? ipv4Network(ip, bits) : ipv6Network(ip, bits)
}

function ipv4Network(ip: string, bits: number): Network {
  const first = ipaddr.IPv4.networkAddressFromCIDR(`${ip}/${bits}`)
  const octets = first.octets.slice(0, Math.floor(bits / 8))
  const startsWith = octets.map((octet, i) => (i === 3 ? `${octet}` : `${octet}.`)).join('')
  return {
    text: `${first.toString()}/${bits}`,
    startsWith,
    // Practically every address that is not in it begins otherwise.
    includes: (other) =>
      other.startsWith(startsWith) && !other.includes(':') && ipaddr.IPv4.parse(other).match(first, bits),
  }
}

function ipv6Network(ip: string, bits: number): Network {
  const first = ipaddr.IPv6.networkAddressFromCIDR(`${ip}/${bits}`)
  // From the first 0 on, an address may be shortened.
  const groups = first.parts.slice(0, Math.floor(bits / 16))
  const written = groups.slice(0, groups.includes(0) ? groups.indexOf(0) : 7)
  const startsWith = written.map((group) => `${group.toString(16)}:`).join('')
  return {
    text: `${first.toString()}/${bits}`,
    startsWith,
    includes: (other) =>
      other.startsWith(startsWith) && other.includes(':') && ipaddr.IPv6.parse(other).match(first, bits),
  }
}

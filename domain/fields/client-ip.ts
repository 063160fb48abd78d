import { parseIp, type IpAddress } from './ip.ts'

export type ClientIp = IpAddress & {
  /** Whether more than blanks was cut off the text: a port, a zone or the further entries of a list. */
  isCut: boolean
}

/**
 * Reads the address that a text names beyond doubt. This is an address as `parseIp` takes it, or one as
 * proxies and runtimes write it: with a port, in brackets, with an IPv6 zone, after a slash (Java's
 * InetAddress), or as the first of a list (X-Forwarded-For names the client first).
 * @returns null if there is none
 */
export function parseClientIp(text: string): ClientIp | null {
  const plain = parseIp(text)
  if (plain !== null) return { ...plain, isCut: false }
  const trimmed = text.trim()
  const [first = ''] = trimmed.split(',', 1)
  const address = parseIp(unwrap(first.trim()))
  return address === null ? null : { ...address, isCut: parseIp(trimmed) === null }
}

const BRACKETED = /^\[([^\]]*)\](?::\d{1,5})?$/
const IPV4_WITH_PORT = /^([\d.]+):\d{1,5}$/

/** Removes slash, brackets, port and zone. */
function unwrap(entry: string): string {
  const address = entry.startsWith('/') ? entry.slice(1) : entry
  const inside = BRACKETED.exec(address)?.[1] ?? IPV4_WITH_PORT.exec(address)?.[1] ?? address
  const zoneAt = inside.indexOf('%')
  return zoneAt > 0 && inside.includes(':') ? inside.slice(0, zoneAt) : inside
}

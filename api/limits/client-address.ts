import type { IncomingMessage } from 'node:http'
import { BlockList, isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

/** What is known of where a request comes from. */
export type Sent = Pick<IncomingMessage, 'headers'> & { socket: { remoteAddress?: string | undefined } }

/** What Yoga is given beside a request. */
export type Incoming = { req?: Sent }

/** The address that a request is counted under, such as `192.0.2.1` or `2001:db8:1:2::/64`. */
export type ClientAddress = (request: Sent | undefined) => string

/** Where there is no address, such as on a Unix socket: all who come that way are one client. */
const NOWHERE = 'no address'
/** More proxies in a row than anybody has. */
const MAX_HOPS = 32

/**
 * Tells from which address a request comes. Whoever sends it may write what they like into X-Forwarded-For; what the
 * trusted proxies added is at its end, so it is read from there, as long as a trusted proxy vouches for it.
 * An IPv6 client is its /64, of which it may take any address (https://www.rfc-editor.org/rfc/rfc6177).
 * @param trustedProxies addresses and networks in CIDR notation
 */
export function createClientAddress(trustedProxies: readonly string[]): ClientAddress {
  const isTrusted = isTrustedBy(trustedProxies)
  return (request) => {
    let address = canonical(request?.socket.remoteAddress ?? '')
    if (address === null) return NOWHERE
    const header = request?.headers['x-forwarded-for'] ?? ''
    const hops = String(header).split(',').slice(-MAX_HOPS)
    while (isTrusted(address)) {
      const before = canonical(withoutPort(hops.pop()?.trim() ?? ''))
      if (before === null) break
      address = before
    }
    return networkOf(address)
  }
}

/** The address that a connection is counted under. @param remoteAddress as the socket has it */
export function addressOf(remoteAddress: string): string {
  const address = canonical(remoteAddress)
  return address === null ? NOWHERE : networkOf(address)
}

/** Returns what tells whether an address, as a socket has it, is that of a trusted proxy. */
export function isTrustedBy(trustedProxies: readonly string[]): (address: string) => boolean {
  const trusted = blockListOf(trustedProxies)
  return (given) => {
    const address = canonical(given)
    return address !== null && trusted.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')
  }
}

function blockListOf(networks: readonly string[]): BlockList {
  const list = new BlockList()
  for (const network of networks) {
    const [address = '', bits] = network.split('/')
    const type = isIP(address) === 6 ? 'ipv6' : 'ipv4'
    if (bits === undefined) list.addAddress(address, type)
    else list.addSubnet(address, Number(bits), type)
  }
  return list
}

/** One text for each address: an IPv4 address that is written in IPv6 is itself. Null: it is no address. */
function canonical(text: string): string | null {
  const address = text.split('%')[0] ?? ''
  return isIP(address) === 0 ? null : ipaddr.process(address).toString()
}

/** Some proxies add the port of the connection. */
const withoutPort = (hop: string) =>
  /^\[([^\]]*)\](?::\d+)?$/.exec(hop)?.[1] ?? /^([^:]*):\d+$/.exec(hop)?.[1] ?? hop

function networkOf(address: string): string {
  const parsed = ipaddr.parse(address)
  if (parsed.kind() === 'ipv4') return address
  return `${ipaddr.IPv6.networkAddressFromCIDR(`${address}/64`).toString()}/64`
}

import { expect, it } from 'vitest'
import { createClientAddress } from './client-address.ts'

const from = (remoteAddress: string | undefined, forwarded?: string) => ({
  socket: { remoteAddress },
  headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
})
const addressOf = createClientAddress(['10.0.0.0/8', '2001:db8:ffff::/48', '192.0.2.7'])

it.each([
  ['nobody is trusted by default', createClientAddress([]), from('127.0.0.1', '8.8.8.8'), '127.0.0.1'],
  ['a client is not', addressOf, from('8.8.4.4', '8.8.8.8'), '8.8.4.4'],
  ['a proxy is', addressOf, from('10.1.1.1', '8.8.8.8'), '8.8.8.8'],
  ['also one of several', addressOf, from('192.0.2.7', '8.8.8.8, 10.2.2.2'), '8.8.8.8'],
  ['what the client wrote before it is not', addressOf, from('10.1.1.1', '1.1.1.1, 8.8.8.8'), '8.8.8.8'],
  ['nor behind an unknown proxy', addressOf, from('10.1.1.1', '8.8.8.8, 192.0.2.8, 10.2.2.2'), '192.0.2.8'],
  ['a proxy that says nothing is the client', addressOf, from('10.1.1.1'), '10.1.1.1'],
  ['nor that says nonsense', addressOf, from('10.1.1.1', '8.8.8.8, unknown'), '10.1.1.1'],
  ['all proxies: the first of them', addressOf, from('10.1.1.1', '10.3.3.3, 10.2.2.2'), '10.3.3.3'],
  ['with a port', addressOf, from('10.1.1.1', '8.8.8.8:1234'), '8.8.8.8'],
  ['an IPv6 client is its /64', addressOf, from('2001:db8:1:2:3:4:5:6'), '2001:db8:1:2::/64'],
  ['with brackets', addressOf, from('2001:db8:ffff::1', '[2001:db8:1:2::9]:443'), '2001:db8:1:2::/64'],
  ['IPv4 in IPv6 is IPv4', addressOf, from('::ffff:10.1.1.1', '::ffff:8.8.8.8'), '8.8.8.8'],
  ['a zone is left out', addressOf, from('fe80::1%eth0'), 'fe80::/64'],
  ['octal and decimal numbers are no addresses', addressOf, from('10.1.1.1', '0300.0.2.1'), '10.1.1.1'],
  ['a Unix socket has none, whatever it says', addressOf, from(undefined, '8.8.8.8'), 'no address'],
])('the address of a client: %s', (_, read, request, address) => {
  expect(read(request)).toBe(address)
})

it('a header of many hops is read to its end and no further', () => {
  const hops = Array.from({ length: 5_000 }, () => '10.1.1.1').join(',')
  expect(addressOf(from('10.1.1.1', `8.8.8.8,${hops}`))).toBe('10.1.1.1')
})

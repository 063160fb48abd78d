import ipaddr from 'ipaddr.js'
import { expect, it, test } from 'vitest'
import { fraction, sfc32 } from '../../generator/sfc32.ts'
import { parseIp } from './ip.ts'
import { parseNetwork } from './network.ts'

it.each([
  ['203.0.113.0/24', '203.0.113.0/24', '203.0.113.'],
  ['203.0.113.77/24', '203.0.113.0/24', '203.0.113.'],
  ['203.0.113.77/20', '203.0.112.0/20', '203.0.'],
  ['203.0.113.77/32', '203.0.113.77/32', '203.0.113.77'],
  ['10.1.2.3/8', '10.0.0.0/8', '10.'],
  ['10.1.2.3/0', '0.0.0.0/0', ''],
  ['2001:DB8::/32', '2001:db8::/32', '2001:db8:'],
  ['2001:db8:1:2:3::/65', '2001:db8:1:2::/65', '2001:db8:1:2:'],
  ['2001:db8:0:1::/64', '2001:db8:0:1::/64', '2001:db8:'],
  ['2001:db8::1/128', '2001:db8::1/128', '2001:db8:'],
  ['1:2:3:4:5:6:7:8/128', '1:2:3:4:5:6:7:8/128', '1:2:3:4:5:6:7:'],
  ['::/0', '::/0', ''],
  ['::ffff:203.0.113.77/120', '203.0.113.0/24', '203.0.113.'],
  ['::ffff:cb00:714d/128', '203.0.113.77/32', '203.0.113.77'],
])('%s is the network %s', (written, text, startsWith) => {
  expect(parseNetwork(written)).toMatchObject({ text, startsWith })
})

it.each([
  ...['', '/', '/8', '203.0.113.0', '203.0.113.0/', '203.0.113.0/33', '203.0.113.0/-1', '203.0.113.0/1.5'],
  ...['203.0.113/24', '203.0.113.0/24/24', '203.0.113.0 /24', '203.0.113.0/ 24', '203.0.113.0/255.255.255.0'],
  ...['2001:db8::/129', 'fe80::%eth0/64', '::ffff:203.0.113.0/95', 'localhost/8', '203.0.113.0/0x8'],
])('%j is no network', (text) => {
  expect(parseNetwork(text)).toBeNull()
})

/** Few different bits, so that addresses are often in each other's networks and are shortened in many ways. */
function randomIp(random: ReturnType<typeof sfc32>): string {
  const isIpv4 = fraction(random) < 0.5
  const bytes = Array.from({ length: isIpv4 ? 4 : 16 }, () =>
    fraction(random) < 0.6 ? 0 : Math.floor(fraction(random) * 256),
  )
  return parseIp(ipaddr.fromByteArray(bytes).toString())?.ip ?? ''
}

test('a network has exactly the addresses with its first bits, and all of them begin as it says', () => {
  const random = sfc32(1, 2)
  let included = 0
  for (let i = 0; i < 5_000; i++) {
    const [ip, other] = [randomIp(random), randomIp(random)]
    const bitsOf = (one: string) =>
      ipaddr
        .parse(one)
        .toByteArray()
        .map((byte) => byte.toString(2).padStart(8, '0'))
        .join('')
    const bits = Math.floor(fraction(random) * (bitsOf(ip).length + 1))
    const network = parseNetwork(`${ip}/${bits}`)
    const isIn =
      bitsOf(ip).length === bitsOf(other).length && bitsOf(other).startsWith(bitsOf(ip).slice(0, bits))
    expect(network?.includes(other), `${other} in ${ip}/${bits}`).toBe(isIn)
    expect(network?.includes(ip)).toBe(true)
    if (!isIn) continue
    included++
    expect(other.startsWith(network?.startsWith ?? '?'), `${other} in ${ip}/${bits}`).toBe(true)
  }
  expect(included).toBeGreaterThan(250)
})

import ipaddr from 'ipaddr.js'
import { expect, it } from 'vitest'
import { parseIp } from './ip.ts'

it.each([
  ['108.228.145.239', '108.228.145.239', 'public'],
  ['0.0.0.0', '0.0.0.0', 'reserved'],
  ['255.255.255.255', '255.255.255.255', 'reserved'],
  ['10.0.0.1', '10.0.0.1', 'private'],
  ['172.16.0.1', '172.16.0.1', 'private'],
  ['172.32.0.1', '172.32.0.1', 'public'],
  ['192.168.1.1', '192.168.1.1', 'private'],
  ['100.64.0.1', '100.64.0.1', 'private'],
  ['100.128.0.1', '100.128.0.1', 'public'],
  ['127.0.0.1', '127.0.0.1', 'private'],
  ['169.254.1.1', '169.254.1.1', 'private'],
  ['203.0.113.9', '203.0.113.9', 'reserved'],
  ['224.0.0.1', '224.0.0.1', 'reserved'],
  ['2a00:1450:4001:82A::200E', '2a00:1450:4001:82a::200e', 'public'],
  ['2A00:1450:0000:0000:0000:0000:0000:0001', '2a00:1450::1', 'public'],
  ['2a00:0:0:1:0:0:0:1', '2a00:0:0:1::1', 'public'],
  ['2a00:1450:4001:82a:1:2:3:0', '2a00:1450:4001:82a:1:2:3:0', 'public'],
  ['::', '::', 'reserved'],
  ['::1', '::1', 'private'],
  ['fd12:3456::1', 'fd12:3456::1', 'private'],
  ['fe80::1', 'fe80::1', 'private'],
  ['ff02::1', 'ff02::1', 'reserved'],
  ['2001:db8::1', '2001:db8::1', 'reserved'],
  ['::ffff:108.228.145.239', '108.228.145.239', 'public'],
  ['::FFFF:6ce4:91ef', '108.228.145.239', 'public'],
  ['::ffff:10.0.0.1', '10.0.0.1', 'private'],
])('%s is %s, %s', (text, ip, scope) => {
  expect(parseIp(text)).toEqual({ ip, scope })
})

it.each([
  ...[
    '',
    ' ',
    'localhost',
    '1',
    '1.2.3',
    '1.2.3.4.5',
    '1.2.3.',
    '.1.2.3',
    '1..2.3',
    '256.1.1.1',
    '1.2.3.1000',
  ],
  ...[
    '01.2.3.4',
    '1.2.3.04',
    '00.0.0.0',
    '0x7f.0.0.1',
    '1.2.3.4 ',
    ' 1.2.3.4',
    '1.2.3.4/24',
    '1.2.3.-4',
    '1.2.3.4\n',
  ],
  ...[
    '١.2.3.4',
    '1.2.3.4:80',
    ':',
    ':::',
    '1::2::3',
    '12345::',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    'g::1',
  ],
  ...[
    'fe80::1%eth0',
    '::1/128',
    '[::1]',
    '::ffff:1.2.3',
    '::ffff:0x7f.1.1.1',
    '::ffff:01.2.3.4',
    '1:2:3:4:5:6:7:',
  ],
  ...[':1:2:3:4:5:6:7', '::1 ', '1.2.3.4::', '0:'.repeat(100)],
])('%j is no address', (text) => {
  expect(parseIp(text)).toBeNull()
})

it('calls no special range of IPv4 that ipaddr.js knows public, and the addresses around them by their own range', () => {
  const { SpecialRanges: ranges } = ipaddr.IPv4.prototype as unknown as {
    SpecialRanges: Record<string, [ipaddr.IPv4, number][]>
  }
  const starts = Object.values(ranges).flatMap((entries) => entries.map(([start]) => start))
  expect(starts.length).toBeGreaterThan(15)
  for (const { octets } of starts) {
    for (const third of [0, 1, 128, 255].map((step) => ((octets[2] ?? 0) + step) % 256)) {
      const near = [octets[0] ?? 0, octets[1] ?? 0, third, octets[3] ?? 0]
      const isUnicast = new ipaddr.IPv4(near).range() === 'unicast'
      expect([near, parseIp(near.join('.'))?.scope === 'public']).toEqual([near, isUnicast])
    }
  }
})

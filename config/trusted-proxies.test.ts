import { expect, test } from 'vitest'
import { ConfigError, loadConfig } from './config.ts'

test('nobody is a trusted proxy unless it is said', () => {
  expect(loadConfig({}).api.trustedProxies).toEqual([])
  const given = '10.0.0.0/8, 192.0.2.7,2001:db8::/32'
  expect(loadConfig({ TRUSTED_PROXIES: given }).api.trustedProxies).toEqual([
    '10.0.0.0/8',
    '192.0.2.7',
    '2001:db8::/32',
  ])
})

test.each([
  '0.0.0.0/0',
  '::/0',
  '10.0.0.0/33',
  '10.0.0/8',
  'proxy.example',
  '127.1',
  'fe80::1%eth0',
  '10.0.0.1/',
])('what is no network, or all addresses, is refused: %s', (text) => {
  expect(() => loadConfig({ TRUSTED_PROXIES: text })).toThrow(ConfigError)
})

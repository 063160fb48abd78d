import { EventEmitter } from 'node:events'
import type { Server } from 'node:net'
import { expect, it, vi } from 'vitest'
import { limitConnections } from './limit-connections.ts'

function setUp(trustedProxies: string[] = []) {
  const server = new EventEmitter()
  limitConnections(server as unknown as Server, 2, trustedProxies, () => undefined)
  return (remoteAddress: string) => {
    const destroy = vi.fn()
    const socket = Object.assign(new EventEmitter(), { remoteAddress, destroy })
    server.emit('connection', socket)
    return { isOpen: () => destroy.mock.calls.length === 0, close: () => socket.emit('close') }
  }
}

it('an address has no more connections than its share, whichever of a network of IPv6 it is, and others have theirs', () => {
  const open = setUp()
  const mine = [open('2001:db8::1'), open('2001:db8::2'), open('2001:db8::3')]
  expect(mine.map(({ isOpen }) => isOpen())).toEqual([true, true, false])
  expect(open('2001:db8:0:1::1').isOpen()).toBe(true)
  expect(
    [open('192.0.2.1'), open('::ffff:192.0.2.1'), open('192.0.2.1')].map(({ isOpen }) => isOpen()),
  ).toEqual([true, true, false])
  for (const { close } of mine) close()
  expect(open('2001:db8::4').isOpen()).toBe(true)
})

it('a trusted proxy has the connections of all', () => {
  const open = setUp(['192.0.2.0/24'])
  expect(Array.from({ length: 9 }, () => open('::ffff:192.0.2.7').isOpen())).toEqual(Array(9).fill(true))
})

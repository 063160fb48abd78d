import type { Server, Socket } from 'node:net'
import type { CountLimited } from '../limits/limited.ts'
import { addressOf, isTrustedBy } from '../limits/client-address.ts'

/**
 * Closes connections of an address beyond those that it may have; of proxies, which have those of all, none. Node counts all
 * connections together, so that one client could have them all.
 * @param most of one address
 */
export function limitConnections(
  server: Server,
  most: number,
  trustedProxies: readonly string[],
  limited: CountLimited,
): void {
  const isTrusted = isTrustedBy(trustedProxies)
  const open = new Map<string, number>()
  server.on('connection', (socket: Socket) => {
    const { remoteAddress = '' } = socket
    if (isTrusted(remoteAddress)) return
    const address = addressOf(remoteAddress)
    const count = (open.get(address) ?? 0) + 1
    open.set(address, count)
    socket.once('close', () => {
      const left = (open.get(address) ?? 1) - 1
      if (left === 0) open.delete(address)
      else open.set(address, left)
    })
    if (count <= most) return
    limited('connections')
    socket.destroy()
  })
}

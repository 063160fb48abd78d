import { connect, createServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import { freePort, HOST } from '../../../stack/processes/ports.ts'

/** A fixed address in front of a server that moves, as a load balancer or a DNS name is. */
export type TcpForwarder = {
  port: number
  /** Ends all connections; those that come later go to this port. */
  redirect: (port: number) => void
  /** Connections stay and carry nothing more, as to a host that vanished; those that come later go where it was. */
  vanish: () => void
}

export async function forwardTcp(port: number): Promise<TcpForwarder> {
  let target = port
  const sockets = new Set<Socket>()
  const keep = (socket: Socket, peer: Socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.once('close', () => {
      sockets.delete(socket)
      peer.destroy()
    })
    socket.pipe(peer)
  }
  const endAll = () => {
    for (const socket of sockets) socket.destroy()
  }
  const server = createServer((client) => {
    const upstream = connect({ host: HOST, port: target, noDelay: true })
    keep(client, upstream)
    keep(upstream, client)
  })
  const ownPort = await freePort(0)
  const { promise, resolve } = Promise.withResolvers<undefined>()
  server.listen({ port: ownPort, host: HOST }, () => {
    resolve(undefined)
  })
  await promise
  onTestFinished(() => {
    server.close()
    endAll()
  })
  return {
    port: ownPort,
    redirect: (next) => {
      target = next
      endAll()
    },
    vanish: () => {
      for (const socket of sockets) socket.unpipe().pause()
    },
  }
}

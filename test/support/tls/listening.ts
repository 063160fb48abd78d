import { readFileSync } from 'node:fs'
import type { AddressInfo, Server } from 'node:net'
import { HOST } from '../../../stack/processes/ports.ts'
import type { Leaf } from '../../../stack/parts/certificates.ts'

/** Starts a server on a free port of loopback, and returns the port. */
export async function listen(server: Server): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<undefined>()
  server.listen(0, HOST, () => {
    resolve(undefined)
  })
  await promise
  return (server.address() as AddressInfo).port
}

export const readLeaf = ({ cert, key }: Leaf) => ({ cert: readFileSync(cert), key: readFileSync(key) })

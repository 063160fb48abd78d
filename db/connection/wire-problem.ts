import { SecretError } from '../../config/secret.ts'
import { isTlsProblem } from '../../tls/tls-problem.ts'
import type { Database } from './connect.ts'
import { openSocket } from './open-socket.ts'
import { postgresWire } from './postgres-wire.ts'

/**
 * Opens the wire to a database and says what is wrong with its encryption or its password file, and with which setting. The message
 * holds no address. Null: nothing, or something else, such as a server that is away.
 */
export async function wireProblem({ url, password }: Database): Promise<string | null> {
  try {
    password?.read()
    const socket = await openSocket(postgresWire(url))
    const { promise, resolve, reject } = Promise.withResolvers<undefined>()
    // What failed says so in the same turn.
    socket.once('error', reject)
    setImmediate(() => {
      setImmediate(() => {
        resolve(undefined)
      })
    })
    await promise.finally(() => socket.destroy())
    return null
  } catch (error) {
    return isTlsProblem(error) || error instanceof SecretError ? error.message : null
  }
}

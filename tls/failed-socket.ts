import { Socket } from 'node:net'

/**
 * A socket that fails at once. Drivers take an error from it as from any other; some keep a connection for ever whose opening
 * throws.
 */
export function failedSocket(error: Error): Socket {
  const socket = new Socket()
  setImmediate(() => socket.destroy(error))
  return socket
}

import type { AddressInfo, Socket } from 'node:net'
import { connect } from 'node:net'
import { onTestFinished, vi } from 'vitest'
import { createPseudonym } from '../context/masks.ts'
import { createAccessLog } from './access-log.ts'
import { createDraining } from './draining.ts'
import { createApiServer } from './http-server.ts'
import { serve } from '../server-fixture.ts'

/** For unit tests: an API that listens. `open` connects to it, and `send` returns what it answers to a text; `accessed` gets the lines of the access log. */
export async function listening(allowedHosts: string[] = [], allowedOrigins: string[] = []) {
  const { server, logged } = serve()
  const accessed = vi.fn()
  const draining = createDraining()
  const logger = { error: logged, warn: logged, info: logged }
  const config = {
    allowedHosts,
    allowedOrigins,
    subscriptions: { all: 0, perClient: 0 },
    trustedProxies: [],
    accessLog: createAccessLog({ ...logger, info: accessed }, 'all', createPseudonym('a key of tests')),
    draining,
    tls: null,
  }
  const http = createApiServer(server, logger, config, () => undefined)
  onTestFinished(() => {
    http.closeAllConnections()
    http.close()
  })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  const { port } = http.address() as AddressInfo
  const open = async (): Promise<{ socket: Socket; answer: Promise<string> }> => {
    const socket = connect(port, '127.0.0.1')
    onTestFinished(() => {
      socket.destroy()
    })
    socket.on('error', () => undefined)
    await new Promise((resolve) => socket.once('connect', resolve))
    const chunks: Buffer[] = []
    socket.on('data', (chunk: Buffer) => chunks.push(chunk))
    const answer = new Promise<string>((resolve) =>
      socket.once('close', () => {
        resolve(Buffer.concat(chunks).toString())
      }),
    )
    return { socket, answer }
  }
  const send = async (text: string) => {
    const { socket, answer } = await open()
    socket.write(text)
    return await answer
  }
  return { open, send, logged, accessed, http, server, draining }
}

/** The text of a question by POST. */
export const post = (body: string, headers: Record<string, string> = {}) => {
  const all = { host: 'localhost:4000', 'content-type': 'application/json', connection: 'close', ...headers }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
  return `POST /graphql HTTP/1.1\r\n${lines.join('')}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
}

/** The body of the shortest question there is. */
export const question = JSON.stringify({ query: '{ __typename }' })
export const statusOf = (answer: string) => Number(answer.split(' ')[1])

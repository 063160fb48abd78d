import { createServer } from 'node:http'
import { HOST } from '../../../stack/processes/ports.ts'
import type { Stack } from '../../../stack/stack.ts'
import { controlOf, isPartAction } from './part-control.ts'

/** Lets test files, which run in other processes, stop and start the parts: `POST /kafka/kill`. */
export async function serveStackControl(stack: Stack): Promise<{ url: string; close: () => void }> {
  const control = controlOf(stack)
  const server = createServer((request, response) => {
    const [, name = '', action = ''] = (request.url ?? '').split('/')
    const acting = isPartAction(action)
      ? control(name, action)
      : Promise.reject(new Error(`no action ${action}`))
    acting.then(
      () => response.writeHead(204).end(),
      (error: unknown) => response.writeHead(500).end(String(error)),
    )
  })
  const { promise, resolve } = Promise.withResolvers<undefined>()
  server.listen(0, HOST, () => {
    resolve(undefined)
  })
  await promise
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the control server has no port')
  return { url: `http://${HOST}:${address.port}`, close: () => server.close() }
}

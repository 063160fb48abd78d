import { createServer } from 'node:http'
import { HOST } from '../stack/ports.ts'
import type { Stack } from '../stack/stack.ts'

/** Lets test files, which run in other processes, stop and start the parts: `POST /kafka/kill`. */
export async function serveStackControl(stack: Stack): Promise<{ url: string; close: () => void }> {
  const server = createServer((request, response) => {
    const [, name = '', action = ''] = (request.url ?? '').split('/')
    act(stack, name, action).then(
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

async function act(stack: Stack, name: string, action: string): Promise<void> {
  const part = stack.parts.get(name)
  if (part === undefined) throw new Error(`no part ${name}`)
  if (action === 'start') await part.start()
  else if (action === 'stop') await part.stop()
  else if (action === 'kill') await part.kill()
  else if (action === 'suspend') part.suspend()
  else if (action === 'resume') part.resume()
  else throw new Error(`no action ${action}`)
}

import { createServer, connect, type AddressInfo, type Socket } from 'node:net'
import { once } from 'node:events'
import { expect, onTestFinished, test, vi } from 'vitest'
import { countSession, countWork, poolUse, READY } from './pool-use.ts'

/** Two ends of a connection. */
async function openPair(): Promise<{ client: Socket; server: Socket }> {
  const listener = createServer()
  await once(listener.listen(0, '127.0.0.1'), 'listening')
  const accepted = once(listener, 'connection') as Promise<[Socket]>
  const client = connect((listener.address() as AddressInfo).port, '127.0.0.1')
  const [server] = await accepted
  onTestFinished(() => {
    client.destroy()
    server.destroy()
    listener.close()
  })
  return { client, server }
}

test('a connection is idle from when Postgres is ready, in however many pieces it says so, until something is sent', async () => {
  const { client, server } = await openPair()
  countSession('rollcall own 3 user-login', client)
  const use = () => poolUse().get('own')
  expect(use()).toEqual({ used: 1, idle: 0, waiting: 0 })
  server.write(Buffer.concat([Buffer.from('D and other answers'), READY.subarray(0, 2)]))
  await once(client, 'data')
  expect(use()).toEqual({ used: 1, idle: 0, waiting: 0 })
  server.write(READY.subarray(2))
  await vi.waitFor(() => {
    expect(use()).toEqual({ used: 0, idle: 1, waiting: 0 })
  })
  client.write('a query')
  expect(use()).toEqual({ used: 1, idle: 0, waiting: 0 })
  // Ready, within a transaction.
  server.write('Z\0\0\0\x05T')
  await once(client, 'data')
  expect(use()).toEqual({ used: 1, idle: 0, waiting: 0 })
  client.destroy()
  await vi.waitFor(() => {
    expect(use()).toEqual({ used: 0, idle: 0, waiting: 0 })
  })
})

test('work beyond the connections of its own pool waits, whatever is free in others of the name', () => {
  const begin = countWork('rollcall-api-ours', 2)
  const beginOther = countWork('rollcall-api-ours', 2)
  const ends = [begin(), begin(), begin(), beginOther()]
  const waiting = () => poolUse().get('ours')?.waiting
  expect(waiting()).toBe(1)
  for (const end of ends) end()
  expect(waiting()).toBe(0)
})

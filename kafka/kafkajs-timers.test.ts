import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { Kafka, logLevel } from 'kafkajs'
import { expect, onTestFinished, test } from 'vitest'
import { checkTimeoutsSeldom, stopIdleTimers } from './kafkajs-timers.ts'

test('a request to a broker that never answers fails once its time is up', async () => {
  stopIdleTimers()
  checkTimeoutsSeldom()
  const kafka = new Kafka({
    brokers: [await silentBroker()],
    requestTimeout: 10,
    retry: { retries: 0 },
    logLevel: logLevel.NOTHING,
  })
  await expect(kafka.admin().connect()).rejects.toThrow('timed out')
})

/** Accepts connections and answers nothing. */
async function silentBroker(): Promise<string> {
  const sockets: Socket[] = []
  const server = createServer((socket) => sockets.push(socket.resume())).listen(0, '127.0.0.1')
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  await once(server, 'listening')
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}

import { createServer, type AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { connectPostgres } from './connect.ts'

const message = (type: string, body: Buffer) => {
  const length = Buffer.alloc(4)
  length.writeInt32BE(body.length + 4)
  return Buffer.concat([Buffer.from(type), length, body])
}
const authenticated = message('R', Buffer.alloc(4))
const ready = message('Z', Buffer.from('I'))
const ended = message('E', Buffer.from('SFATAL\0VFATAL\0C57P01\0Mterminating connection\0\0'))

/** A Postgres that ends each session at its first query, with which postgres.js reads the types of arrays. */
async function endingPostgres(how: 'told' | 'reset'): Promise<number> {
  const server = createServer((socket) => {
    let isOpen = false
    socket.on('error', () => undefined)
    socket.on('data', () => {
      if (!isOpen) socket.write(Buffer.concat([authenticated, ready]))
      else if (how === 'told') socket.end(ended)
      else socket.resetAndDestroy()
      isOpen = true
    })
  })
  onTestFinished(() => {
    server.close()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

it.each(['told', 'reset'] as const)(
  'a session that ends while it is being opened fails the statement and not the process: %s',
  async (how) => {
    const unhandled: unknown[] = []
    const note = (reason: unknown) => unhandled.push(reason)
    process.on('unhandledRejection', note)
    onTestFinished(() => {
      process.off('unhandledRejection', note)
    })
    const sql = connectPostgres(`postgres://u:p@127.0.0.1:${await endingPostgres(how)}/d`, {
      applicationName: 'test',
      maxConnections: 1,
      statementTimeoutMs: 1_000,
      idleInTransactionTimeoutMs: 1_000,
    })
    onTestFinished(() => sql.end({ timeout: 0 }))
    await expect(sql`select 1`).rejects.toThrow()
    // Node reports unhandled rejections after the microtasks of a turn.
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(unhandled).toEqual([])
  },
)

import { connect, type Socket } from 'node:net'
import { HOST } from '../../stack/processes/ports.ts'

// A process of its own, so that reading is not counted as the API's work. It prints a line of JSON for each
// answer, when the last subscriber has it.

const [port = 0, count = 1] = process.argv.slice(2).map(Number)
/** An hour of minutes: some 4 KB, as a chart of a page has. */
const QUERY = `subscription {
  measures(bucket: MINUTE) {
    total { attempts points { start attempts } }
    freshness { watermark lag isComplete }
  }
}`
const body = JSON.stringify({ query: QUERY })
const REQUEST =
  `POST /graphql HTTP/1.1\r\nhost: ${HOST}\r\ncontent-type: application/json\r\naccept: text/event-stream\r\n` +
  `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
/** Connecting all at once would overflow the queue of connections that wait to be accepted. */
const CONNECT_AT_ONCE = 50

/** How many subscribers have the answer of an id, and the logins in it. */
const arrived = new Map<string, { readers: number; visible: number }>()

for (let opened = 0; opened < count; opened += CONNECT_AT_ONCE)
  await Promise.all(Array.from({ length: Math.min(CONNECT_AT_ONCE, count - opened) }, openOne))
console.log(JSON.stringify({ subscribed: count }))

async function openOne(): Promise<void> {
  const socket = connect(port, HOST)
  const { promise, resolve, reject } = Promise.withResolvers<undefined>()
  socket.once('error', reject).once('close', () => {
    console.error('a subscription was ended')
    process.exit(1)
  })
  read(socket, resolve)
  socket.write(REQUEST)
  await promise
}

function read(socket: Socket, first: (value: undefined) => void): void {
  let text = ''
  socket.setEncoding('latin1').on('data', (part: string) => {
    const events = (text + part).split('\n\n')
    text = events.pop() ?? ''
    for (const event of events) {
      const total = /"attempts":(\d+)/.exec(event)?.[1]
      if (total === undefined) continue
      first(undefined)
      note(/^id: (.*)$/m.exec(event)?.[1] ?? '', Number(total))
    }
  })
}

function note(id: string, visible: number): void {
  const readers = (arrived.get(id)?.readers ?? 0) + 1
  arrived.set(id, { readers, visible })
  if (readers < count) return
  console.log(JSON.stringify({ atMs: Date.now(), visible }))
  // Those before it that a slow reader never got would stay otherwise.
  arrived.clear()
}

import { Readable } from 'node:stream'

/** A reader who takes nothing for this long is gone, or will never catch up. */
const STALLED_MS = 60_000
/** Less than proxies wait before they close a connection without traffic. */
const COMMENT_MS = 12_000
const COMMENT = Buffer.from(':\n\n')

export type EventStream = {
  readable: Readable
  /** Sends an event, or replaces the one that the reader has not taken yet. */
  send: (event: Uint8Array) => void
  /** Ends it; the reader may come back. */
  end: () => void
}

/**
 * A stream of server-sent events to one reader. One event waits at most, the newest, whose bytes it shares
 * with all other readers. While nothing is sent, a comment every few seconds keeps the connection open.
 * https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export function createEventStream(): EventStream {
  // The headers of the answer leave with the first bytes.
  let waiting: Uint8Array | null = COMMENT
  let isWanted = false
  let takenAtMs = performance.now()
  const readable = new Readable({
    highWaterMark: 1,
    read() {
      takenAtMs = performance.now()
      isWanted = waiting === null
      if (waiting === null) return
      readable.push(waiting)
      waiting = null
    },
  })
  const send = (event: Uint8Array) => {
    if (isWanted) readable.push(event)
    else waiting = event
    isWanted = false
  }
  const keepAlive = setInterval(() => {
    if (isWanted) send(COMMENT)
    else if (performance.now() - takenAtMs > STALLED_MS) readable.destroy()
  }, COMMENT_MS)
  keepAlive.unref()
  readable.once('close', () => {
    clearInterval(keepAlive)
  })
  return {
    readable,
    send,
    end: () => {
      readable.push(null)
    },
  }
}

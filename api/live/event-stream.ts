import { Readable } from 'node:stream'

/** A reader who takes nothing for this long is gone, or will never catch up. */
const STALLED_MS = 60_000
/** Less than proxies wait before they close a connection without traffic. */
const COMMENT_MS = 12_000
const COMMENT = Buffer.from(':\n\n')
/** Readers who are sent away together come back one after the other. */
const RETRY_MS = { least: 500, most: 2_000 }

export type EventStream = {
  readable: Readable
  /** Sends an event, or replaces the one that the reader has not taken yet. */
  send: (event: Uint8Array) => void
  /** Ends it; the reader may come back. */
  end: () => void
  /** Ends it, and says when the reader is to come back, which another API then answers. */
  sendAway: () => void
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
  let hasEnded = false
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
  const end = () => {
    hasEnded = true
    readable.push(null)
  }
  return {
    readable,
    send,
    end,
    sendAway: () => {
      if (!hasEnded) readable.push(retry())
      end()
    },
  }
}

function retry(): Uint8Array {
  const ms = RETRY_MS.least + Math.random() * (RETRY_MS.most - RETRY_MS.least)
  return Buffer.from(`retry: ${Math.round(ms)}\n\n`)
}

import type { Server } from 'node:http'
import type { Server as HttpsServer } from 'node:https'
import type { Draining } from './http/draining.ts'

/**
 * How long requests may take to finish when the API stops. A command waits 10 s for its workflow
 * (api/commands/deliver.ts).
 */
const ANSWER_MS = 12_000

export type Stop = {
  /** Ends the process once its requests are answered: it cannot go on. */
  now: (exitCode: number) => void
  /** Ends it with code 0, after balancers have had time to notice; when told again, at once and with code 1. */
  told: () => void
  isBegun: () => boolean
}

type Stopping = {
  http: Server | HttpsServer
  draining: Draining
  /** How long balancers have. */
  drainMs: number
  /** Their clients come back to another API. */
  endSubscriptions: () => void
  /** Closes what the API is connected to. */
  close: () => Promise<void>
  exit?: (code: number) => void
}

/**
 * Stops an API so that no request fails: first /ready does and all else is answered; then subscriptions end, nobody can
 * connect, and requests in flight have 12 s. If they take longer, the process ends with code 1.
 */
export function createStop({
  http,
  draining,
  drainMs,
  endSubscriptions,
  close,
  exit = (code) => process.exit(code),
}: Stopping): Stop {
  let state: 'answering' | 'draining' | 'ending' = 'answering'
  let drained: NodeJS.Timeout | undefined
  const now = (exitCode: number) => {
    if (state === 'ending') return
    state = 'ending'
    clearTimeout(drained)
    draining.begin()
    setTimeout(() => {
      exit(1)
    }, ANSWER_MS).unref()
    endSubscriptions()
    http.close(() => {
      void close().then(() => {
        exit(exitCode)
      })
    })
  }
  return {
    now,
    told: () => {
      if (state !== 'answering') {
        exit(1)
        return
      }
      // Nobody asks an API that has not begun to listen.
      if (drainMs === 0 || !http.listening) {
        now(0)
        return
      }
      state = 'draining'
      draining.begin()
      drained = setTimeout(now, drainMs, 0)
    },
    isBegun: () => state !== 'answering',
  }
}

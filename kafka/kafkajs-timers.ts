import { createRequire } from 'node:module'
import { methodOf } from './kafkajs-internals.ts'

// kafkajs gives each connection timers that wake an idle process hundreds of times a second.

type Request = { sentAt: number; requestTimeout: number; timeoutRequest(): void }

type RequestQueue = {
  pending: unknown[]
  inflight: Map<number, Request>
  throttledUntil: number
  requestTimeoutIntervalId: NodeJS.Timeout
  isConnected(): boolean
  /** Ends the timers. */
  destroy(): void
  scheduleCheckPendingRequests(): void
  scheduleRequestTimeoutCheck(): void
}

const { prototype } = createRequire(import.meta.url)('kafkajs/src/network/requestQueue') as {
  prototype: RequestQueue
}

/**
 * If nothing is pending, kafkajs 2.2.4 re-arms a timer with a negative delay for ever. Node 24 warns about it
 * and runs it every millisecond.
 */
export function stopIdleTimers(): void {
  const original = methodOf(prototype, 'scheduleCheckPendingRequests')
  prototype.scheduleCheckPendingRequests = function (this: RequestQueue) {
    if (this.pending.length > 0 || this.throttledUntil > Date.now()) Reflect.apply(original, this, [])
  }
}

/** A request may take this much longer than its time-out of ten seconds before it fails. */
const TIMEOUT_CHECK_MS = 1_000

/**
 * kafkajs looks ten times a second, on each connection, for requests that have timed out. A worker with four
 * partitions has some twenty connections.
 */
export function checkTimeoutsSeldom(): void {
  methodOf(prototype, 'scheduleRequestTimeoutCheck')
  prototype.scheduleRequestTimeoutCheck = function (this: RequestQueue) {
    this.destroy()
    this.requestTimeoutIntervalId = setInterval(() => {
      const nowMs = Date.now()
      for (const request of this.inflight.values())
        if (nowMs - request.sentAt > request.requestTimeout) request.timeoutRequest()
      if (!this.isConnected()) this.destroy()
    }, TIMEOUT_CHECK_MS)
  }
}

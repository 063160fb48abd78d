import type { LogFields } from './log-fields.ts'
import type { Logger } from './logger.ts'

/** What is to be said of a fault: that it begins, goes on, or is over. */
export type Said = { what: 'begins' | 'goes on' | 'ended'; times: number; lastedMs: number }

/** When a fault that goes on is said again, after it began; later each hour. */
const AGAIN_MS = [60_000, 600_000]
const HOUR_MS = 3_600_000
/** A fault is over once it has not come for this long: what comes and goes is one fault. */
const SETTLED_MS = 10_000
/** What comes again after this time is another fault, also where nobody said that it works. */
const FORGOTTEN_MS = 600_000

type Fault = { sinceMs: number; lastMs: number; times: number; nextMs: number }

/**
 * Counts a fault that comes again and again, and decides what the log says of it: when it begins, after a minute, ten
 * minutes and each hour, and when it is over. Times are milliseconds of a clock that never goes back.
 */
export class FaultCount {
  #fault: Fault | null = null

  /** @returns what is to be said; null: nothing */
  failed(nowMs: number): Said | null {
    const fault = this.#fault
    if (fault === null || nowMs - fault.lastMs > FORGOTTEN_MS) {
      this.#fault = { sinceMs: nowMs, lastMs: nowMs, times: 1, nextMs: nextAfter(0) }
      return { what: 'begins', times: 1, lastedMs: 0 }
    }
    fault.times++
    fault.lastMs = nowMs
    const lastedMs = nowMs - fault.sinceMs
    if (lastedMs < fault.nextMs) return null
    fault.nextMs = nextAfter(lastedMs)
    return { what: 'goes on', times: fault.times, lastedMs }
  }

  /** Call it each time it works. @returns what is to be said; null: nothing */
  worked(nowMs: number): Said | null {
    const fault = this.#fault
    if (fault === null || nowMs - fault.lastMs < SETTLED_MS) return null
    this.#fault = null
    return { what: 'ended', times: fault.times, lastedMs: fault.lastMs - fault.sinceMs }
  }
}

/** @param lastedMs how long a fault has lasted. @returns for how long it lasts when it is said next */
const nextAfter = (lastedMs: number): number =>
  AGAIN_MS.find((againMs) => againMs > lastedMs) ?? (Math.floor(lastedMs / HOUR_MS) + 1) * HOUR_MS

/** What the log says of a fault. */
export type FaultWords = { level: 'error' | 'warn' | 'info'; failing: string; works: string }

/** Is told each time that it fails or works. */
export type RepeatedFault = { failed: (fields: LogFields) => void; worked: () => void }

/** Logs a fault that comes again and again once, then how often it has come. */
export function repeatedFault(
  log: Pick<Logger, 'error' | 'warn' | 'info'>,
  { level, failing, works }: FaultWords,
  clock: () => number = () => performance.now(),
): RepeatedFault {
  const count = new FaultCount()
  return {
    failed: (fields) => {
      const said = count.failed(clock())
      if (said !== null)
        log[level]({ ...fields, ...counted(said) }, said.what === 'begins' ? failing : `still: ${failing}`)
    },
    worked: () => {
      const said = count.worked(clock())
      if (said !== null) log.info(counted(said), works)
    },
  }
}

/** How often a fault has come, and for how long; nothing at its begin. */
export const counted = ({ what, times, lastedMs }: Said): LogFields =>
  what === 'begins' ? {} : { times, duration: Math.round(lastedMs * 1e6) }

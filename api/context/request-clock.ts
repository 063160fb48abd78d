import { bucketMs, floorTo } from '../../domain/time/bucket.ts'

/**
 * The clock of the resolvers. What they ask it limits how long their answer may be cached. Times are Unix
 * milliseconds.
 */
export type RequestClock = {
  /** Start of the minute in which the request came. */
  minuteMs: number
  /** Whether a moment has come. If not, the answer is cached only until it comes. */
  hasCome(momentMs: number): boolean
  /**
   * The exact time. It makes the answer right for this millisecond only: later, only clients that allow
   * staleness get it.
   */
  nowMs(): number
  /**
   * Says that another clock, such as that of a node, will change the answer: it is right for this millisecond
   * only.
   */
  holdsOnlyNow(): void
}

/** When the answer stays right, as far as time decides: [fromMs, untilMs), Unix milliseconds. */
export type Validity = { fromMs: number; untilMs: number }

/**
 * The clock of a request that came at `nowMs`. `validity` is the minute of the request, or the part of it
 * that the questions to the clock leave.
 */
export function createRequestClock(nowMs: number): { clock: RequestClock; validity: () => Validity } {
  const minuteMs = floorTo(nowMs, bucketMs.minute)
  let [fromMs, untilMs] = [minuteMs, minuteMs + bucketMs.minute]
  const holdsOnlyNow = () => {
    ;[fromMs, untilMs] = [nowMs, nowMs + 1]
  }
  return {
    clock: {
      minuteMs,
      hasCome(momentMs) {
        const hasCome = momentMs <= nowMs
        if (hasCome) fromMs = Math.max(fromMs, momentMs)
        else untilMs = Math.min(untilMs, momentMs)
        return hasCome
      },
      nowMs() {
        holdsOnlyNow()
        return nowMs
      },
      holdsOnlyNow,
    },
    validity: () => ({ fromMs, untilMs }),
  }
}

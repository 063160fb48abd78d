import { bucketMs, floorTo } from '../../domain/time/bucket.ts'

/** The clock that resolvers get. What they ask of it says for how long their answer may be cached. Times are Unix milliseconds. */
export type RequestClock = {
  /** Start of the current minute. */
  minuteMs: number
  /** Whether a moment has come. If it has not, the answer is cached until it does at most. */
  hasCome(momentMs: number): boolean
  /** The exact time. The answer is right in this millisecond alone: only who allows staleness gets it again. */
  nowMs(): number
  /** For an answer that another clock will change, such as that of the node: it is right in this millisecond alone. */
  holdsOnlyNow(): void
}

/** When the same question has the same answer, as far as the time decides that: half-open, Unix milliseconds. */
export type Validity = { fromMs: number; untilMs: number }

/** The clock of a request that came at `nowMs`. `validity` is the minute of the request, or less by what was asked of the clock. */
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

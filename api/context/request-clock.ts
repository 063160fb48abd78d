import { bucketMs, floorTo } from '../../domain/time/bucket.ts'

/** The time of a request as resolvers get it: what they ask bounds how long their answer stays right. Unix milliseconds. */
export type RequestClock = {
  /** Start of the current minute. */
  minuteMs: number
  /** Whether a moment is now or over; the answer changes when it comes. */
  hasCome(momentMs: number): boolean
  /** The exact time; the answer is right in this millisecond alone. */
  nowMs(): number
  /** Says that the answer is right in this millisecond alone, by something other than this clock. */
  holdsOnlyNow(): void
}

/** Times at which the same question has the same answer, as far as the time decides it: half-open, Unix milliseconds. */
export type Validity = { fromMs: number; untilMs: number }

/** The clock of a request, which came at `nowMs`, and how long what was asked of it stays the same: its minute at most. */
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

import type { Logger } from '../config/logger.ts'
import { repeatedFault } from '../config/repeated-fault.ts'

const INTERVAL_MS = 5_000
/** A server that is starting may answer one check and miss the next, which is still the same outage. */
const ANSWERS_UNTIL_BACK = 2

type TemporalWatch = {
  /** Whether Temporal is away, as of the last check. */
  isAway: () => boolean
  end: () => void
}

/**
 * Checks every 5 seconds whether Temporal answers, and logs that it is away and that it is back.
 * Running slices continue meanwhile until their time is up; the SDK keeps their reports.
 * @param ping rejects if Temporal does not answer; must take less than 5 seconds, or a late answer to one
 * check would undo the result of the next
 */
export function watchTemporal(ping: () => Promise<void>, log: Logger): TemporalWatch {
  const fault = repeatedFault(log, {
    level: 'warn',
    failing:
      'Temporal is away: running slices continue for up to a minute, then partitions wait until it is back',
    works: 'Temporal is back',
  })
  let away = false
  let answered = 0
  const check = async () => {
    try {
      await ping()
      fault.worked()
      if (away && ++answered >= ANSWERS_UNTIL_BACK) away = false
    } catch (error) {
      answered = 0
      away = true
      fault.failed({ error: error instanceof Error ? error.message : String(error) })
    }
  }
  const timer = setInterval(() => void check(), INTERVAL_MS)
  return {
    isAway: () => away,
    end: () => {
      clearInterval(timer)
    },
  }
}

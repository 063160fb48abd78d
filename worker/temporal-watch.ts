import type { Logger } from 'pino'

const INTERVAL_MS = 5_000
/** A server that is starting may answer one check and miss the next, which is still the same outage. */
const ANSWERS_UNTIL_BACK = 2

type TemporalWatch = {
  /** Whether Temporal is away, as of the last check. */
  isAway: () => boolean
  end: () => void
}

/**
 * Checks every 5 seconds whether Temporal answers, and logs once that it is away and once that it is back.
 * Running slices continue meanwhile until their time is up; the SDK keeps their reports.
 * @param ping rejects if Temporal does not answer; must take less than 5 seconds, or a late answer to one
 * check would undo the result of the next
 */
export function watchTemporal(ping: () => Promise<void>, log: Logger): TemporalWatch {
  let away = false
  let answered = 0
  const check = async () => {
    try {
      await ping()
      if (!away || ++answered < ANSWERS_UNTIL_BACK) return
      log.info('Temporal is back')
      away = false
    } catch (error) {
      answered = 0
      if (!away)
        log.warn(
          { error: error instanceof Error ? error.message : String(error) },
          'Temporal is away: running slices continue for up to a minute, then partitions wait until it is back',
        )
      away = true
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

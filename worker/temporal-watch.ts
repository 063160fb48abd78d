import type { Logger } from 'pino'

const INTERVAL_MS = 5_000
/** A server that starts answers a look and misses the next: that is one outage, not two. */
const LOOKS_UNTIL_BACK = 2

export type TemporalWatch = {
  /** Whether it answers, as of the last look. */
  isAway: () => boolean
  end: () => void
}

/**
 * Says once when Temporal goes away and once when it is back. Slices go on meanwhile until their time is up; their
 * reports are kept by the SDK.
 * @param ask asks it, for less than the interval: a late answer to one look must not undo what the next one saw
 */
export function watchTemporal(ask: () => Promise<void>, log: Logger): TemporalWatch {
  let away = false
  let answered = 0
  const look = async () => {
    try {
      await ask()
      if (!away || ++answered < LOOKS_UNTIL_BACK) return
      log.info('Temporal is back')
      away = false
    } catch (error) {
      answered = 0
      if (!away)
        log.warn(
          { error: error instanceof Error ? error.message : String(error) },
          'Temporal is away: running slices go on for up to a minute',
        )
      away = true
    }
  }
  const timer = setInterval(() => void look(), INTERVAL_MS)
  return {
    isAway: () => away,
    end: () => {
      clearInterval(timer)
    },
  }
}

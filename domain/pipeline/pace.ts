/** How far a partition was read, and how far it was written, at a moment. */
export type PaceSample = {
  /** Milliseconds of a clock that never goes back. */
  atMs: number
  /** Names the log that the offsets are of. */
  log: string
  /** Every offset below it is decided. */
  checkpoint: bigint
  /** The high watermark. */
  end: bigint
}

/** How fast a partition is read and written, in offsets a second. */
export type Pace = { readPerSecond: number; producedPerSecond: number; overMs: number }

/** Samples closer together say more of the moments at which they were taken than of the rates. */
export const LEAST_WINDOW_MS = 4_000
/** A batch is committed about once a second: what is read in this time is being worked on. */
const IN_HAND_SECONDS = 5

/** The pace between the first and the last of samples in order of time; null: they are of too short a time, or not of one log. */
export function paceOf(samples: readonly PaceSample[]): Pace | null {
  const [last] = samples.slice(-1)
  const first = samples.find(({ log }) => log === last?.log)
  if (last === undefined || first === undefined) return null
  const overMs = last.atMs - first.atMs
  // A checkpoint that went back, or an end, is of something that began anew.
  if (overMs < LEAST_WINDOW_MS || last.checkpoint < first.checkpoint || last.end < first.end) return null
  const perSecond = (from: bigint, to: bigint) => (Number(to - from) / overMs) * 1_000
  return {
    readPerSecond: perSecond(first.checkpoint, last.checkpoint),
    producedPerSecond: perSecond(first.end, last.end),
    overMs,
  }
}

/**
 * When a backlog will be drained at the present pace, or why that is not said:
 * - drained: nothing is unread, or no more than is in hand
 * - growing: more is written than is read
 * - standing: nothing is read, and nothing written
 * - unknown: the pace is not known yet
 */
export type Drain = { atMs: number } | { atMs: null; why: 'drained' | 'growing' | 'standing' | 'unknown' }

export function drainOf(unread: bigint, pace: Pace | null, nowMs: number): Drain {
  if (unread === 0n) return { atMs: null, why: 'drained' }
  if (pace === null) return { atMs: null, why: 'unknown' }
  const { readPerSecond, producedPerSecond } = pace
  if (readPerSecond > 0 && Number(unread) <= readPerSecond * IN_HAND_SECONDS)
    return { atMs: null, why: 'drained' }
  if (readPerSecond === 0 && producedPerSecond === 0) return { atMs: null, why: 'standing' }
  if (readPerSecond <= producedPerSecond) return { atMs: null, why: 'growing' }
  return { atMs: nowMs + (Number(unread) / (readPerSecond - producedPerSecond)) * 1_000 }
}

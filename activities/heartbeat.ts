import { Context } from '@temporalio/activity'

/**
 * A cancellation may arrive with the answer to a heartbeat only: a pause then stops a slice within a second,
 * or three if many run.
 */
const SLICE_HEARTBEAT_MS = { least: 400, most: 2_500 }
/**
 * Limit for all slices of a process together, because each heartbeat costs Temporal some milliseconds of
 * work.
 */
const HEARTBEATS_PER_SECOND = 40

/**
 * Milliseconds between heartbeats of a slice when `slices` run in its process; well below the time-out of 8
 * s.
 * @param isToldOfCancellations whether Temporal tells the process of cancellations without being asked
 */
export function sliceHeartbeatMs(slices: number, isToldOfCancellations: boolean): number {
  if (isToldOfCancellations) return SLICE_HEARTBEAT_MS.most
  const sharedMs = (slices * 1_000) / HEARTBEATS_PER_SECOND
  return Math.min(SLICE_HEARTBEAT_MS.most, Math.max(SLICE_HEARTBEAT_MS.least, sharedMs))
}

export type Heartbeat<Details> = {
  /** What the next heartbeat carries. */
  details: Details
  end: () => void
}

/**
 * Sends heartbeats of the calling activity until `end`.
 * @param everyMs asked before each heartbeat
 */
export function startHeartbeat<Details>(details: Details, everyMs: () => number): Heartbeat<Details> {
  const context = Context.current()
  const heartbeat = {
    details,
    end: () => {
      clearTimeout(timer)
    },
  }
  const schedule = () =>
    setTimeout(() => {
      context.heartbeat(heartbeat.details)
      timer = schedule()
    }, everyMs())
  let timer = schedule()
  return heartbeat
}

/** Well below the shortest heartbeat time-out of these activities, 8 s. */
const HEARTBEAT_MS = 2_000

/** Runs `work` and sends heartbeats meanwhile, by which Temporal notices when the worker dies. */
export async function withHeartbeat<T>(work: () => Promise<T>): Promise<T> {
  const heartbeat = startHeartbeat(null, () => HEARTBEAT_MS)
  try {
    return await work()
  } finally {
    heartbeat.end()
  }
}

import { Context } from '@temporalio/activity'

/** Cancellation arrives with a heartbeat: a pause stops a slice within a second, or within three where many run. */
const SLICE_MS = { least: 400, most: 2_500 }
/** Of all slices of a process: Temporal works for milliseconds on each. */
const HEARTBEATS_PER_SECOND = 40

/** How often a slice says that it lives, when so many run in its process; well below the time-out of 8 s. */
export function sliceHeartbeatMs(slices: number): number {
  return Math.min(SLICE_MS.most, Math.max(SLICE_MS.least, (slices * 1_000) / HEARTBEATS_PER_SECOND))
}

export type Heartbeat<Details> = {
  /** What the next heartbeat says. */
  details: Details
  end: () => void
}

/** Lets the activity that calls it heartbeat until `end`. @param everyMs asked before each heartbeat */
export function startHeartbeat<Details>(details: Details, everyMs: () => number): Heartbeat<Details> {
  const context = Context.current()
  const heartbeat = {
    details,
    end: () => {
      clearTimeout(timer)
    },
  }
  const later = () =>
    setTimeout(() => {
      context.heartbeat(heartbeat.details)
      timer = later()
    }, everyMs())
  let timer = later()
  return heartbeat
}

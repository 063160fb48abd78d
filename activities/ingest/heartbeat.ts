import { Context } from '@temporalio/activity'

/** Cancellation arrives with a heartbeat: a pause stops a slice within a second, or within three where many run. */
const SLICE_MS = { least: 400, most: 2_500 }
/** Of all slices of a process: Temporal works for milliseconds on each. */
const HEARTBEATS_PER_SECOND = 40

/** How often a slice says that it lives, when so many run in its process; well below the time-out of 8 s. */
export function sliceHeartbeatMs(slices: number): number {
  return Math.min(SLICE_MS.most, Math.max(SLICE_MS.least, (slices * 1_000) / HEARTBEATS_PER_SECOND))
}

/**
 * Lets the activity that calls it heartbeat.
 * @returns what ends that
 */
export function beat(details: () => unknown, everyMs: () => number): () => void {
  const context = Context.current()
  const later = () =>
    setTimeout(() => {
      context.heartbeat(details())
      timer = later()
    }, everyMs())
  let timer = later()
  return () => {
    clearTimeout(timer)
  }
}

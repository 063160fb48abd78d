/** How many logins were visible at a moment: when the answer arrived. */
export type Look = { atMs: number; visible: number }

export type Latencies = { p50: number; p95: number; p99: number; max: number }

/**
 * Latencies in milliseconds, from the scheduled time of each event to the first look that shows it. Event k
 * (from 1) counts as visible once k events are, whichever these are.
 */
export function latencies(looks: readonly Look[], startMs: number, ratePerSecond: number): Latencies {
  const total = looks.at(-1)?.visible ?? 0
  const each = new Float64Array(total)
  let shown = 0
  for (const { atMs, visible } of looks) {
    for (; shown < visible; shown++) each[shown] = atMs - startMs - (shown * 1000) / ratePerSecond
  }
  return percentiles(each)
}

/** Percentiles by nearest rank: the 99th percentile of 20 values is the largest. */
export function percentiles(values: Float64Array): Latencies {
  const sorted = values.toSorted()
  const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? NaN
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) }
}

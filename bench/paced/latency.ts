/** A look at how many logins are visible, at the moment that the answer arrived. */
export type Sighting = { atMs: number; visible: number }

export type Latencies = { p50: number; p95: number; p99: number; max: number }

/**
 * Milliseconds from the scheduled time of each event to the first sighting that shows it. Event k (from 1) counts as
 * shown once k events are: partitions that overtake each other are not told apart.
 */
export function latencies(sightings: readonly Sighting[], startMs: number, ratePerSecond: number): Latencies {
  const total = sightings.at(-1)?.visible ?? 0
  const each = new Float64Array(total)
  let shown = 0
  for (const { atMs, visible } of sightings) {
    for (; shown < visible; shown++) each[shown] = atMs - startMs - (shown * 1000) / ratePerSecond
  }
  return percentiles(each)
}

/** By nearest rank: of 20 values the 99th percentile is the largest. */
export function percentiles(values: Float64Array): Latencies {
  const sorted = values.toSorted()
  const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? NaN
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) }
}

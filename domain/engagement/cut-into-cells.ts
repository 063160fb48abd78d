import type { TimeBucket } from '../time/bucket.ts'
import type { CellRange } from './distinct-in-spans.ts'

/** A stretch of time that no span begins or ends in. */
export type SpanCell = TimeBucket & { isInSpan: boolean }

/**
 * Cuts spans, which may overlap, into cells in order of time. What is in no span is in no cell.
 * @param others are cut into cells, too, which are in no span where they lie beside the spans
 * @returns the cells, and where each span lies among them
 */
export function cutIntoCells(
  spans: readonly TimeBucket[],
  others: readonly TimeBucket[] = [],
): { cells: SpanCell[]; ranges: CellRange[] } {
  const inSpans = depthChanges(spans)
  const inAll = depthChanges([...spans, ...others])
  const edges = [...inAll.keys()].sort((a, b) => a - b)
  const cells: SpanCell[] = []
  /** By an edge, how many cells are before it. */
  const before = new Map<number, number>()
  let [depth, depthOfAll] = [0, 0]
  edges.forEach((fromMs, i) => {
    before.set(fromMs, cells.length)
    depth += inSpans.get(fromMs) ?? 0
    depthOfAll += inAll.get(fromMs) ?? 0
    if (depthOfAll > 0) cells.push({ fromMs, toMs: edges[i + 1] ?? fromMs, isInSpan: depth > 0 })
  })
  const ranges = spans.map(({ fromMs, toMs }) => ({
    from: before.get(fromMs) ?? 0,
    to: before.get(toMs) ?? 0,
  }))
  return { cells, ranges }
}

/** By where spans begin or end, by how many more spans lie after it than before it. */
function depthChanges(spans: readonly TimeBucket[]): Map<number, number> {
  const changes = new Map<number, number>()
  const change = (ms: number, by: number) => changes.set(ms, (changes.get(ms) ?? 0) + by)
  for (const { fromMs, toMs } of spans) {
    change(fromMs, 1)
    change(toMs, -1)
  }
  return changes
}

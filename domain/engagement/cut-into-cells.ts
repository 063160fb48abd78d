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
  const edges = edgesOf([...spans, ...others])
  /** By an edge, its place among them. */
  const places = new Map<number, number>()
  for (let at = 0; at < edges.length; at++) places.set(edges[at] ?? 0, at)
  const inSpans = depthChanges(spans, places)
  const besides = depthChanges(others, places)
  const cells: SpanCell[] = []
  /** How many cells are before each edge. */
  const before = new Int32Array(edges.length)
  let [depth, beside] = [0, 0]
  for (let at = 0; at < edges.length; at++) {
    before[at] = cells.length
    depth += inSpans[at] ?? 0
    beside += besides[at] ?? 0
    const fromMs = edges[at] ?? 0
    if (depth + beside > 0) cells.push({ fromMs, toMs: edges[at + 1] ?? fromMs, isInSpan: depth > 0 })
  }
  const cellAt = (edge: number) => before[places.get(edge) ?? 0] ?? 0
  return { cells, ranges: spans.map(({ fromMs, toMs }) => ({ from: cellAt(fromMs), to: cellAt(toMs) })) }
}

/** Where spans begin or end, each moment once, in order: an answer has ten thousands, and typed arrays sort fast. */
function edgesOf(spans: readonly TimeBucket[]): Float64Array {
  const edges = new Float64Array(2 * spans.length)
  spans.forEach(({ fromMs, toMs }, place) => {
    edges[2 * place] = fromMs
    edges[2 * place + 1] = toMs
  })
  edges.sort()
  return edges.filter((edge, at) => edge !== edges[at - 1])
}

/** By the place of an edge, by how many more spans lie after it than before it. */
function depthChanges(spans: readonly TimeBucket[], places: ReadonlyMap<number, number>): Int32Array {
  const changes = new Int32Array(places.size)
  const change = (ms: number, by: number) => {
    const place = places.get(ms) ?? 0
    changes[place] = (changes[place] ?? 0) + by
  }
  for (const { fromMs, toMs } of spans) {
    change(fromMs, 1)
    change(toMs, -1)
  }
  return changes
}

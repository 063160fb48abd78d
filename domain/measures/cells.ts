import { cutIntoCells } from '../engagement/cut-into-cells.ts'
import type { TimeBucket } from '../time/bucket.ts'

/**
 * A stretch of time that lies within the same spans from its beginning to its end. Counts are read by cells,
 * because spans may overlap.
 */
export type Cell = TimeBucket & { spans: readonly number[] }

/** A span and the number that stands for it. */
export type NumberedSpan = { number: number; span: TimeBucket }

/**
 * Cuts spans into cells, in order and without overlap. What is in no span is in no cell.
 * @param cuts moments at which cells end, too
 */
export function cellsOf(spans: readonly NumberedSpan[], cuts: readonly number[] = []): Cell[] {
  const within = spans.filter(({ span }) => span.fromMs < span.toMs)
  const { cells, ranges } = cutIntoCells(
    within.map(({ span }) => span),
    cuts.map((ms) => ({ fromMs: ms, toMs: ms })),
  )
  const numbers = cells.map((): number[] => [])
  ranges.forEach(({ from, to }, place) => {
    for (let cell = from; cell < to; cell++) numbers[cell]?.push(within[place]?.number ?? 0)
  })
  return cells.map(({ fromMs, toMs }, cell) => ({ fromMs, toMs, spans: numbers[cell] ?? [] }))
}

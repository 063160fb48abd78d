import type { Cell } from './cells.ts'

/** The cells of some spans: neighbours that lie in the same of them are one. */
export class SpanCells {
  readonly #spans: number[][] = []
  readonly #places: Int32Array
  readonly #wanted: Int32Array
  readonly #starts = new Map<number, number>()

  /**
   * @param cells in order of time; those of a span follow each other
   * @param isWanted whether a span is one of them
   */
  constructor(cells: readonly Pick<Cell, 'spans'>[], isWanted: (span: number) => boolean) {
    this.#places = Int32Array.from(cells, ({ spans }) => this.#add(spans.filter(isWanted)))
    this.#wanted = this.#places.map((place) => (this.spansAt(place).length > 0 ? place : -1))
  }

  get size(): number {
    return this.#spans.length
  }

  /** As placeOf; -1: the cell lies in none of the spans. */
  wantedPlaceOf(cell: number): number {
    return this.#wanted[cell] ?? -1
  }

  /** The place among these cells of the cell at a place among those that they were made of. */
  placeOf(cell: number): number {
    return this.#places[cell] ?? 0
  }

  /** The spans that the cell at a place lies in. */
  spansAt(place: number): readonly number[] {
    return this.#spans[place] ?? []
  }

  /** The place of the first cell of a span. */
  startOf(span: number): number {
    return this.#starts.get(span) ?? 0
  }

  #add(spans: number[]): number {
    const last = this.#spans.at(-1)
    if (last !== undefined && last.join() === spans.join()) return this.#spans.length - 1
    const place = this.#spans.push(spans) - 1
    for (const span of spans) if (!this.#starts.has(span)) this.#starts.set(span, place)
    return place
  }
}

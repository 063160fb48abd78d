import { ByteValues } from './byte-values.ts'

/** Counts texts, given as bytes. Text is made of those only that are asked for: mostly few are. */
export class ByteCounts {
  readonly #texts = new ByteValues()
  /** By the number of the text. */
  readonly #counts: number[] = []

  add(bytes: Uint8Array, start: number, end: number, count: number): void {
    const text = this.#texts.add(bytes, start, end)
    this.#counts[text] = (this.#counts[text] ?? 0) + count
  }

  clear(): void {
    this.#texts.clear()
    this.#counts.length = 0
  }

  /** All texts in the order in which they came first. */
  entries(): [text: string, count: number][] {
    return this.#counts.map((count, text) => [this.#texts.text(text), count])
  }

  /** The `length` texts with the highest counts, those of equal counts in the order of strings. */
  highest(length: number): [text: string, count: number][] {
    const first: number[] = []
    for (let text = 0; text < this.#counts.length; text++) {
      let place = first.length
      while (place > 0 && this.#compare(text, first[place - 1] ?? 0) < 0) place--
      if (place === length) continue
      first.splice(place, 0, text)
      if (first.length > length) first.pop()
    }
    return first.map((text) => [this.#texts.text(text), this.#counts[text] ?? 0])
  }

  #compare(a: number, b: number): number {
    return (this.#counts[b] ?? 0) - (this.#counts[a] ?? 0) || this.#texts.compare(a, b)
  }
}

/** Whole numbers of 32 bits, one after the other. An array takes four times as much room for millions of them. */
export class GrowingColumn {
  #values = new Int32Array(1_024)
  #length = 0

  push(value: number): void {
    if (this.#length === this.#values.length) {
      const longer = new Int32Array(2 * this.#length)
      longer.set(this.#values)
      this.#values = longer
    }
    this.#values[this.#length++] = value
  }

  at(place: number): number {
    return this.#values[place] ?? 0
  }
}

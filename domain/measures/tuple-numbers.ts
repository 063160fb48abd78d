const EMPTY = -1

/** A slot has the number of a pair plus 1 (0: it is empty), and its two parts, side by side: one look at memory finds a pair. */
const SLOT = 4

/** Numbers pairs in the order in which they first occur: 0, 1, 2, ... */
class PairNumbers {
  #slots = new Int32Array(32 * SLOT)
  /** The slots of the numbers. */
  #places = new Int32Array(16)
  size = 0

  firstOf(number: number): number {
    return this.#slots[(this.#places[number] ?? 0) + 1] ?? 0
  }

  secondOf(number: number): number {
    return this.#slots[(this.#places[number] ?? 0) + 2] ?? 0
  }

  find(first: number, second: number): number {
    return (this.#slots[this.#placeOf(first, second)] ?? 0) - 1
  }

  numberOf(first: number, second: number): number {
    const place = this.#placeOf(first, second)
    const known = this.#slots[place] ?? 0
    if (known !== 0) return known - 1
    const number = this.size++
    this.#fill(place, number, first, second)
    if (this.size === this.#places.length) this.#grow()
    return number
  }

  /** The slot that has the pair, or that it would get. */
  #placeOf(first: number, second: number): number {
    const slots = this.#slots
    const mask = slots.length - 1
    for (let place = (hash(first, second) * SLOT) & mask; ; place = (place + SLOT) & mask)
      if (slots[place] === 0 || (slots[place + 1] === first && slots[place + 2] === second)) return place
  }

  #fill(place: number, number: number, first: number, second: number): void {
    this.#slots[place] = number + 1
    this.#slots[place + 1] = first
    this.#slots[place + 2] = second
    this.#places[number] = place
  }

  /** Half of the slots are in use at most. */
  #grow(): void {
    const [slots, places] = [this.#slots, this.#places]
    this.#slots = new Int32Array(2 * slots.length)
    this.#places = new Int32Array(2 * places.length)
    for (let number = 0; number < this.size; number++) {
      const place = places[number] ?? 0
      const [first, second] = [slots[place + 1] ?? 0, slots[place + 2] ?? 0]
      this.#fill(this.#placeOf(first, second), number, first, second)
    }
  }
}

function hash(first: number, second: number): number {
  const mixed = Math.imul(first, 0x9e3779b1) ^ Math.imul(second, 0x85ebca6b)
  return Math.imul(mixed ^ (mixed >>> 15), 0xc2b2ae35) >>> 4
}

/**
 * Numbers tuples in the order in which they first occur. Their parts are whole numbers of 32 bits. A Map
 * of texts would take several times as long, and as much room, for millions of them.
 */
export class TupleNumbers {
  /** How many parts they have. */
  readonly length: number
  /** The tuples by their first parts: each stands for a shorter one and the part after it. */
  readonly #pairs: readonly PairNumbers[]
  /** The first part of the last tuple, and the number of the tuple of it alone: most tuples begin like the one before. */
  #first = 0
  #numberOfFirst = EMPTY

  constructor(length: number) {
    this.length = length
    this.#pairs = Array.from({ length }, () => new PairNumbers())
  }

  get size(): number {
    return this.#pairs.at(-1)?.size ?? 0
  }

  numberOf(parts: ArrayLike<number>): number {
    const first = parts[0] ?? 0
    if (first !== this.#first || this.#numberOfFirst === EMPTY) {
      this.#first = first
      this.#numberOfFirst = this.#pairs[0]?.numberOf(0, first) ?? 0
    }
    let number = this.#numberOfFirst
    for (let i = 1; i < this.length; i++) number = this.#pairs[i]?.numberOf(number, parts[i] ?? 0) ?? 0
    return number
  }

  /** -1: the tuple has no number. */
  find(parts: ArrayLike<number>): number {
    let number = 0
    for (let i = 0; i < this.length && number !== EMPTY; i++)
      number = this.#pairs[i]?.find(number, parts[i] ?? 0) ?? EMPTY
    return number
  }

  /** @param into where the parts are written */
  partsOf(number: number, into = new Int32Array(this.length)): Int32Array {
    for (let i = this.length - 1; i >= 0; i--) {
      const pairs = this.#pairs[i]
      into[i] = pairs?.secondOf(number) ?? 0
      number = pairs?.firstOf(number) ?? 0
    }
    return into
  }
}

const EMPTY = -1

/** A slot has the number of a pair plus 1 (0: it is empty), and its two parts, side by side: one look at memory finds a pair. */
const SLOT = 4

/** Places that all tables of second parts may have together: 4 bytes each. */
const MOST_PLACES = 8_000_000

/**
 * Numbers pairs in the order in which they first occur: 0, 1, 2, ... Members have low numbers, close together, so that most pairs
 * are found in a table by their second part: those of one first part. Others are hashed.
 */
class PairNumbers {
  /** By first part, and then by second part: the number of the pair plus 1. */
  readonly #tables: Int32Array[] = []
  #places = 0
  #slots = new Int32Array(32 * SLOT)
  #hashed = 0
  /** The parts of the numbers. */
  #firsts = new Int32Array(16)
  #seconds = new Int32Array(16)
  size = 0

  firstOf(number: number): number {
    return this.#firsts[number] ?? 0
  }

  secondOf(number: number): number {
    return this.#seconds[number] ?? 0
  }

  find(first: number, second: number): number {
    const known = this.#tables[first]?.[second] ?? 0
    return (known === 0 ? (this.#slots[this.#slotOf(first, second)] ?? 0) : known) - 1
  }

  numberOf(first: number, second: number): number {
    const known = this.#tables[first]?.[second] ?? 0
    if (known !== 0) return known - 1
    const slot = this.#slotOf(first, second)
    const hashed = this.#slots[slot] ?? 0
    if (hashed !== 0) return hashed - 1
    const number = this.#add(first, second)
    const table = this.#tableFor(first, second)
    if (table !== null) table[second] = number + 1
    else this.#fill(slot, number, first, second)
    return number
  }

  /** As numberOf, of pairs with the same first part, one after the other. */
  numberAll(first: number, seconds: Int32Array, into: Int32Array, at: number): void {
    let table = this.#tables[first] ?? noPlaces
    for (let i = 0; i < seconds.length; i++) {
      const second = seconds[i] ?? 0
      const known = table[second] ?? 0
      if (known !== 0) into[at + i] = known - 1
      else {
        into[at + i] = this.numberOf(first, second)
        table = this.#tables[first] ?? noPlaces
      }
    }
  }

  #add(first: number, second: number): number {
    const number = this.size++
    if (number === this.#firsts.length) {
      this.#firsts = twice(this.#firsts)
      this.#seconds = twice(this.#seconds)
    }
    this.#firsts[number] = first
    this.#seconds[number] = second
    return number
  }

  /** The table that has a place for the pair; null: it would need too many. */
  #tableFor(first: number, second: number): Int32Array | null {
    const table = this.#tables[first]
    if (second < 0 || (first > this.#tables.length && table === undefined)) return null
    const held = table?.length ?? 0
    if (table !== undefined && second < held) return table
    const length = Math.max(1_024, 2 ** Math.ceil(Math.log2(second + 1)))
    if (this.#places - held + length > MOST_PLACES) return null
    this.#places += length - held
    const longer = new Int32Array(length)
    if (table !== undefined) longer.set(table)
    this.#tables[first] = longer
    return longer
  }

  /** The slot that has the pair, or that it would get. */
  #slotOf(first: number, second: number): number {
    const slots = this.#slots
    const mask = slots.length - 1
    for (let slot = (hash(first, second) * SLOT) & mask; ; slot = (slot + SLOT) & mask)
      if (slots[slot] === 0 || (slots[slot + 1] === first && slots[slot + 2] === second)) return slot
  }

  /** Half of the slots are in use at most. */
  #fill(slot: number, number: number, first: number, second: number): void {
    const slots = this.#slots
    slots[slot] = number + 1
    slots[slot + 1] = first
    slots[slot + 2] = second
    this.#hashed++
    if (2 * SLOT * this.#hashed < slots.length) return
    this.#slots = new Int32Array(2 * slots.length)
    this.#hashed = 0
    for (let old = 0; old < slots.length; old += SLOT) {
      const [known, one, other] = [slots[old] ?? 0, slots[old + 1] ?? 0, slots[old + 2] ?? 0]
      if (known !== 0) this.#fill(this.#slotOf(one, other), known - 1, one, other)
    }
  }
}

const noPlaces = new Int32Array(0)

function twice(numbers: Int32Array): Int32Array<ArrayBuffer> {
  const longer = new Int32Array(2 * numbers.length)
  longer.set(numbers)
  return longer
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

  /**
   * As numberOf, of tuples with the same first part, one after the other.
   * @param columns the other parts; of no columns, all are the same tuple
   * @param into gets the numbers of `count` tuples, from `at` on
   */
  numberAll(
    first: number,
    columns: readonly Int32Array[],
    count: number,
    into: Int32Array,
    at: number,
  ): void {
    const number = this.#pairs[0]?.numberOf(0, first) ?? 0
    const [second, ...others] = columns
    if (second === undefined) into.fill(number, at, at + count)
    else this.#pairs[1]?.numberAll(number, second, into, at)
    others.forEach((column, i) => {
      const pairs = this.#pairs[i + 2]
      for (let place = 0; place < count; place++)
        into[at + place] = pairs?.numberOf(into[at + place] ?? 0, column[place] ?? 0) ?? 0
    })
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

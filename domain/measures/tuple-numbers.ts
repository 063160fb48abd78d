const EMPTY = -1

/** Numbers pairs in the order in which they first occur: 0, 1, 2, ... */
class PairNumbers {
  #slots = new Int32Array(32).fill(EMPTY)
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
    return this.#slots[this.#slotOf(first, second)] ?? EMPTY
  }

  numberOf(first: number, second: number): number {
    const slot = this.#slotOf(first, second)
    const known = this.#slots[slot] ?? EMPTY
    if (known !== EMPTY) return known
    const number = this.size++
    this.#firsts[number] = first
    this.#seconds[number] = second
    this.#slots[slot] = number
    if (this.size === this.#firsts.length) this.#grow()
    return number
  }

  /** The slot that has the pair, or that it would get. */
  #slotOf(first: number, second: number): number {
    const mask = this.#slots.length - 1
    for (let slot = hash(first, second) & mask; ; slot = (slot + 1) & mask) {
      const number = this.#slots[slot] ?? EMPTY
      if (number === EMPTY) return slot
      if (this.#firsts[number] === first && this.#seconds[number] === second) return slot
    }
  }

  /** Half of the slots are in use at most. */
  #grow(): void {
    const room = 2 * this.#firsts.length
    const [firsts, seconds] = [new Int32Array(room), new Int32Array(room)]
    firsts.set(this.#firsts)
    seconds.set(this.#seconds)
    ;[this.#firsts, this.#seconds] = [firsts, seconds]
    this.#slots = new Int32Array(2 * room).fill(EMPTY)
    for (let number = 0; number < this.size; number++)
      this.#slots[this.#slotOf(firsts[number] ?? 0, seconds[number] ?? 0)] = number
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

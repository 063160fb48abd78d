/** A line of NDJSON, or a row of CSV, which may reach over several lines. */
export type Line = {
  /** Without the line end (LF or CRLF); null: more than LINE_MAX_BYTES, which are not kept. */
  bytes: Buffer | null
  size: number
  /** From 1: where it begins. */
  number: number
  /** Number of the line behind it. */
  nextNumber: number
  /** Byte behind its line end, in the content. */
  end: number
  /** CSV: it holds a quote that is never closed, and is one line for that reason. */
  isUnclosed: boolean
}

/** Where lines end. Keeps what it must know from one chunk to the next. */
export type LineEnds = {
  /** The first LF from `from` on that ends a line, or -1. */
  next(chunk: Buffer, from: number): number
  /** Whether the line that is not ended yet goes over line ends for a quote that is open. */
  isQuoteOpen(): boolean
  /** To begin a line again. */
  reset(): void
}

/** The largest record that Rollcall can be told to take (LOGIN_MAX_BYTES). Longer lines are not held in memory. */
export const LINE_MAX_BYTES = 16 * 1024 * 1024

export const LF = 0x0a
const CR = 0x0d

/**
 * Splits content that comes in chunks into lines. Lines of no bytes are none: they are counted only. Holds one line of
 * LINE_MAX_BYTES at most.
 */
export class LineSplitter {
  blankLines = 0
  readonly #ends: LineEnds
  #number: number
  /** Where the line begins that is not ended yet. */
  #start: number
  #held: Buffer[] = []
  #heldBytes = 0
  #isTooLong = false
  /** Line ends inside of it. */
  #inner = 0

  /** @param from where in the content the first chunk begins, and the number of the line there */
  constructor(ends: LineEnds, from: { offset: number; number: number }) {
    this.#ends = ends
    this.#start = from.offset
    this.#number = from.number
  }

  push(chunk: Buffer): Line[] {
    const lines: Line[] = []
    let from = 0
    for (;;) {
      const end = this.#ends.next(chunk, from)
      if (end === -1) break
      this.#hold(chunk.subarray(from, end + 1))
      lines.push(...this.#take(false))
      from = end + 1
    }
    if (from < chunk.length) this.#hold(chunk.subarray(from))
    if (this.#heldBytes > LINE_MAX_BYTES && !this.#isTooLong) lines.push(...this.#overflow())
    return lines
  }

  /** What is left when nothing more comes: the last line has no line end. */
  end(): Line[] {
    const lines: Line[] = []
    while (this.#heldBytes > 0)
      lines.push(...(this.#ends.isQuoteOpen() ? this.#splitUnclosed() : this.#take(false)))
    return lines
  }

  #hold(piece: Buffer): void {
    this.#heldBytes += piece.length
    for (let at = piece.indexOf(LF); at !== -1; at = piece.indexOf(LF, at + 1)) this.#inner++
    if (!this.#isTooLong) this.#held.push(piece)
  }

  #overflow(): Line[] {
    if (this.#ends.isQuoteOpen()) return this.#splitUnclosed()
    this.#isTooLong = true
    this.#held = []
    return []
  }

  /** A quote that is never closed makes a row of one line, and what follows begins anew. */
  #splitUnclosed(): Line[] {
    const all = Buffer.concat(this.#held)
    const end = all.indexOf(LF) + 1 || all.length
    this.#ends.reset()
    this.#held = []
    this.#heldBytes = 0
    this.#inner = 0
    this.#hold(all.subarray(0, end))
    return [...this.#take(true), ...this.push(all.subarray(end))]
  }

  /** The line that has ended; none if it is blank. */
  #take(isUnclosed: boolean): Line[] {
    const bytes = this.#heldBytes > LINE_MAX_BYTES ? null : withoutLineEnd(concat(this.#held))
    const line: Line = {
      bytes,
      size: bytes?.length ?? this.#heldBytes,
      number: this.#number,
      nextNumber: this.#number + Math.max(1, this.#inner),
      end: this.#start + this.#heldBytes,
      isUnclosed,
    }
    this.#ends.reset()
    this.#number = line.nextNumber
    this.#start = line.end
    this.#held = []
    this.#heldBytes = 0
    this.#inner = 0
    this.#isTooLong = false
    if (line.size > 0) return [line]
    this.blankLines++
    return []
  }
}

/** A line that came in one chunk is not copied. */
const concat = ([first = Buffer.alloc(0), ...more]: Buffer[]): Buffer =>
  more.length === 0 ? first : Buffer.concat([first, ...more])

function withoutLineEnd(bytes: Buffer): Buffer {
  const line = bytes.at(-1) === LF ? bytes.subarray(0, -1) : bytes
  return line.at(-1) === CR ? line.subarray(0, -1) : line
}

/** Every LF ends a line. */
export const plainLineEnds = (): LineEnds => ({
  next: (chunk, from) => chunk.indexOf(LF, from),
  isQuoteOpen: () => false,
  reset: () => undefined,
})

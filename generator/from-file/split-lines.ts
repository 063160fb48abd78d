/** A line of NDJSON, or a row of CSV, which may span several lines. */
export type Line = {
  /**
   * Its bytes without the line end (LF or CRLF); null: there are more than LINE_MAX_BYTES, which are not
   * kept.
   */
  bytes: Buffer | null
  size: number
  /** Number (from 1) of the line in which it begins. */
  number: number
  /** Number of the line after it. */
  nextNumber: number
  /** Place in the content of the byte after its line end. */
  end: number
  /** It is a row of CSV with a quote that is never closed, and was therefore cut to one line. */
  isUnclosed: boolean
}

/** Finds the ends of lines. Keeps its state from one chunk to the next. */
export type LineEnds = {
  /** Returns the place of the first LF from `from` on that ends a line, or -1. */
  next(chunk: Buffer, from: number): number
  /** Whether a quote is open in the line that has not ended yet. */
  isQuoteOpen(): boolean
  /** Starts a new line. */
  reset(): void
}

/** The largest value that LOGIN_MAX_BYTES can have. Longer lines are not kept in memory. */
export const LINE_MAX_BYTES = 16 * 1024 * 1024

/** How much of the rest is split at a time: lines take more memory than their bytes. */
const REST_BYTES = 1024 * 1024

export const LF = 0x0a
const CR = 0x0d

/**
 * Splits content that comes in chunks into lines. Counts and drops empty lines. Holds about LINE_MAX_BYTES at
 * most.
 */
export class LineSplitter {
  blankLines = 0
  readonly #ends: LineEnds
  #number: number
  /** Place in the content where the line begins that has not ended yet. */
  #start: number
  #held: Buffer[] = []
  #heldBytes = 0
  #isTooLong = false
  /** Line ends held for it so far. */
  #inner = 0
  #rest: Buffer = Buffer.alloc(0)

  /** @param from the place in the content where the first chunk begins, and the number of its line */
  constructor(ends: LineEnds, from: { offset: number; number: number }) {
    this.#ends = ends
    this.#start = from.offset
    this.#number = from.number
  }

  /** Returns the lines that end in the chunk. Push what `takeRest` returns first. */
  push(chunk: Buffer): Line[] {
    const lines: Line[] = []
    let from = 0
    for (;;) {
      const end = this.#ends.next(chunk, from)
      if (end === -1) break
      this.#hold(chunk.subarray(from, end + 1))
      this.#take(lines, false)
      from = end + 1
    }
    if (from < chunk.length) this.#hold(chunk.subarray(from))
    if (this.#heldBytes > LINE_MAX_BYTES && !this.#isTooLong) this.#overflow(lines)
    return lines
  }

  /** Returns the last line, which has no line end. Call it, and `takeRest`, until both return nothing. */
  end(): Line[] {
    const lines: Line[] = []
    if (this.#ends.isQuoteOpen()) this.#splitUnclosed(lines)
    else if (this.#heldBytes > 0) this.#take(lines, false)
    return lines
  }

  /** Returns bytes to push again, because a quote before them is never closed. Null: there are none. */
  takeRest(): Buffer | null {
    if (this.#rest.length === 0) return null
    const chunk = this.#rest.subarray(0, REST_BYTES)
    this.#rest = this.#rest.subarray(REST_BYTES)
    return chunk
  }

  #hold(piece: Buffer): void {
    this.#heldBytes += piece.length
    for (let at = piece.indexOf(LF); at !== -1; at = piece.indexOf(LF, at + 1)) this.#inner++
    if (!this.#isTooLong) this.#held.push(piece)
  }

  #overflow(lines: Line[]): void {
    if (this.#ends.isQuoteOpen()) {
      this.#splitUnclosed(lines)
      return
    }
    this.#isTooLong = true
    this.#held = []
  }

  /** Cuts a row with a quote that is never closed to its first line. What follows is split again. */
  #splitUnclosed(lines: Line[]): void {
    const all = Buffer.concat([...this.#held, this.#rest])
    const end = all.indexOf(LF) + 1 || all.length
    this.#clear()
    this.#hold(all.subarray(0, end))
    this.#take(lines, true)
    this.#rest = all.subarray(end)
  }

  /** Adds the line that has ended, unless it is empty. */
  #take(lines: Line[], isUnclosed: boolean): void {
    const bytes = this.#heldBytes > LINE_MAX_BYTES ? null : withoutLineEnd(concat(this.#held))
    const line: Line = {
      bytes,
      size: bytes?.length ?? this.#heldBytes,
      number: this.#number,
      nextNumber: this.#number + Math.max(1, this.#inner),
      end: this.#start + this.#heldBytes,
      isUnclosed,
    }
    this.#number = line.nextNumber
    this.#start = line.end
    this.#clear()
    if (line.size > 0) lines.push(line)
    else this.blankLines++
  }

  #clear(): void {
    this.#ends.reset()
    this.#held = []
    this.#heldBytes = 0
    this.#inner = 0
    this.#isTooLong = false
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

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

/** Read again at a time: lines take more memory than their bytes. */
const REST_BYTES = 1024 * 1024

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
  #rest: Buffer = Buffer.alloc(0)

  /** @param from where in the content the first chunk begins, and the number of the line there */
  constructor(ends: LineEnds, from: { offset: number; number: number }) {
    this.#ends = ends
    this.#start = from.offset
    this.#number = from.number
  }

  /** The lines that end in the chunk. What `takeRest` has must come first. */
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

  /** The last line, which has no line end. There is more as long as it gives one, and behind a rest. */
  end(): Line[] {
    const lines: Line[] = []
    if (this.#ends.isQuoteOpen()) this.#splitUnclosed(lines)
    else if (this.#heldBytes > 0) this.#take(lines, false)
    return lines
  }

  /** Bytes to be pushed once more, since a quote before them was never closed. */
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

  /** A quote that is never closed makes a row of one line, and what follows begins anew. */
  #splitUnclosed(lines: Line[]): void {
    const all = Buffer.concat([...this.#held, this.#rest])
    const end = all.indexOf(LF) + 1 || all.length
    this.#clear()
    this.#hold(all.subarray(0, end))
    this.#take(lines, true)
    this.#rest = all.subarray(end)
  }

  /** Adds the line that has ended, unless it is blank. */
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

import { unlessAborted } from '../../concurrency/unless-aborted.ts'
import type { Line, LineSplitter } from './split-lines.ts'

/** Reads lines of a content on demand, and no more than one chunk ahead. */
export class LineReader {
  readonly #chunks: AsyncIterator<Buffer>
  readonly #splitter: LineSplitter
  readonly #stop: AbortSignal
  #lines: Line[] = []
  #next = 0
  #isRead = false
  #isAtEnd = false

  constructor(content: AsyncIterable<Buffer>, splitter: LineSplitter, stop: AbortSignal) {
    this.#chunks = content[Symbol.asyncIterator]()
    this.#splitter = splitter
    this.#stop = stop
  }

  /**
   * Takes the next lines that have been read, or waits for at least one; returns none at the end. Only the
   * first line may exceed `maxBytes`.
   * @throws what reading throws, after all complete lines before it were taken
   * @throws {StoppedError} when `stop` aborts
   */
  async take(maxLines: number, maxBytes: number): Promise<Line[]> {
    while (this.#next === this.#lines.length && !this.#isAtEnd) await this.#read()
    const first = this.#next
    let bytes = 0
    while (this.#next < this.#lines.length && this.#next - first < maxLines) {
      bytes += this.#lines[this.#next]?.bytes?.length ?? 0
      if (bytes > maxBytes && this.#next > first) break
      this.#next++
    }
    return this.#lines.slice(first, this.#next)
  }

  async #read(): Promise<void> {
    this.#lines = await this.#nextLines()
    this.#next = 0
  }

  async #nextLines(): Promise<Line[]> {
    const rest = this.#splitter.takeRest()
    if (rest !== null) return this.#splitter.push(rest)
    if (!this.#isRead) {
      const chunk = await unlessAborted(this.#chunks.next(), this.#stop)
      if (chunk.done !== true) return this.#splitter.push(chunk.value)
      this.#isRead = true
    }
    const last = this.#splitter.end()
    this.#isAtEnd = last.length === 0
    return last
  }
}

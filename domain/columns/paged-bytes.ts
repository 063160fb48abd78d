import { returnPage, takePage } from './page-pool.ts'

const noPage = new Uint8Array(0)

/**
 * Bytes that grow page by page, in memory that is used again. Whoever writes reserves room, writes into `page` from `at` on, and
 * moves `at`: what is reserved at once lies in one page.
 */
export class PagedBytes {
  page = noPage
  at = 0
  /** The pages before the current one, each as far as it is written. */
  #full: Uint8Array<ArrayBuffer>[] = []
  #fullBytes = 0

  /** Bytes in all pages. */
  get length(): number {
    return this.#fullBytes + this.at
  }

  /** Makes room for `count` bytes from `at` on. */
  reserve(count: number): void {
    if (this.at + count <= this.page.length) return
    if (this.at === 0) returnPage(this.page)
    else this.#full.push(this.page.subarray(0, this.at))
    this.#fullBytes += this.at
    this.at = 0
    this.page = takePage(count)
  }

  /** What is written, page by page. */
  pieces(): Uint8Array<ArrayBuffer>[] {
    return this.at === 0 ? [...this.#full] : [...this.#full, this.page.subarray(0, this.at)]
  }

  /** Gives the memory back, and is empty then. Call this when nobody reads the pieces any more. */
  release(): void {
    for (const page of this.#full) returnPage(new Uint8Array(page.buffer))
    returnPage(this.page)
    this.#full = []
    this.#fullBytes = 0
    this.page = noPage
    this.at = 0
  }
}

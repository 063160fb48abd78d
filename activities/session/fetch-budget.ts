/**
 * Divides the bytes that the slices of a process have fetched and not taken yet among those that have something to read, so that
 * what they hold together does not grow with the number of partitions.
 */
export class FetchBudget {
  readonly #bytes: number
  readonly #least: number
  readonly #readers = new Set<object>()

  /**
   * @param bytes for all slices together
   * @param least what each gets all the same; one record batch that is larger comes whole in any case
   */
  constructor(bytes: number, least: number) {
    this.#bytes = bytes
    this.#least = least
  }

  /** Bytes that the next fetch of a slice may bring: little when it found nothing the last time, and then it takes no part. */
  share(slice: object, foundSome: boolean): number {
    if (!foundSome) {
      this.leave(slice)
      return this.#least
    }
    this.#readers.add(slice)
    return Math.max(this.#least, Math.floor(this.#bytes / this.#readers.size))
  }

  /** The slice fetches nothing any more. */
  leave(slice: object): void {
    this.#readers.delete(slice)
  }
}

/**
 * Divides a number of bytes among the slices of a process that have something to read. What slices have
 * fetched and not taken yet then does not grow with the number of partitions.
 */
export class FetchBudget {
  readonly #bytes: number
  readonly #least: number
  readonly #readers = new Set<object>()

  /**
   * @param bytes share of all slices together
   * @param least smallest share of a slice; Kafka sends a record batch that is larger than a share whole all
   * the same
   */
  constructor(bytes: number, least: number) {
    this.#bytes = bytes
    this.#least = least
  }

  /**
   * Bytes that the next fetch of a slice may bring: the least if its last fetch found nothing, which also
   * takes it out of the division.
   */
  share(slice: object, foundSome: boolean): number {
    if (!foundSome) {
      this.leave(slice)
      return this.#least
    }
    this.#readers.add(slice)
    return Math.max(this.#least, Math.floor(this.#bytes / this.#readers.size))
  }

  /** Takes a slice that fetches nothing any more out of the division. */
  leave(slice: object): void {
    this.#readers.delete(slice)
  }
}

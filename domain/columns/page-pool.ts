/** The outputs of a batch for one partition, or its rows, mostly fill a few pages. */
const PAGE_BYTES = 64 * 1024
/** As many as two batches in work need, so that a burst of large records does not keep its memory. */
const MAX_FREE = 128

// Pages that nobody reads any more. If each batch allocated new memory, the garbage collector would promote
// it before the batch is done, and keep it for long.
const free: Uint8Array<ArrayBuffer>[] = []

/** Returns memory for at least `bytes` bytes. Its content is undefined. */
export function takePage(bytes: number): Uint8Array<ArrayBuffer> {
  return (bytes <= PAGE_BYTES ? free.pop() : undefined) ?? new Uint8Array(Math.max(bytes, PAGE_BYTES))
}

/** Takes a page back. Nothing may refer to it any more. */
export function returnPage(page: Uint8Array<ArrayBuffer>): void {
  if (page.length === PAGE_BYTES && free.length < MAX_FREE) free.push(page)
}

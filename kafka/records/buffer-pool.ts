/** Most outputs of a batch for one partition take a few of them. */
export const PAGE_BYTES = 64 * 1024
/** What two batches in work need, and not what a burst of large records once took. */
const MAX_FREE = 128

// Pages that nobody reads any more. New memory for every batch would be promoted by the garbage collector before the
// batch is published, and then stay for long.
const free: Buffer[] = []

/** Memory to write at least `bytes` into; its content is undefined. */
export function takePage(bytes: number): Buffer {
  return (bytes <= PAGE_BYTES ? free.pop() : undefined) ?? Buffer.allocUnsafeSlow(Math.max(bytes, PAGE_BYTES))
}

/** Gives a page back that nothing refers to any more. */
export function returnPage(page: Buffer): void {
  if (page.length === PAGE_BYTES && free.length < MAX_FREE) free.push(page)
}

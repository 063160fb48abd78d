/**
 * Finds the first few of the numbers 0 to `count` - 1 in an order, without putting all in order: a heap holds
 * the best so far, the last of them on top.
 * @param compare as for sort; must tell all numbers apart
 */
export function firstInOrder(
  count: number,
  most: number,
  compare: (a: number, b: number) => number,
): number[] {
  const heap: number[] = []
  for (let number = 0; number < count; number++)
    if (heap.length < most) {
      heap.push(number)
      if (heap.length === most) for (let at = most >> 1; at >= 0; at--) sink(heap, at, compare)
    } else if (most > 0 && compare(number, heap[0] ?? 0) < 0) {
      heap[0] = number
      sink(heap, 0, compare)
    }
  return heap.sort(compare)
}

/** Moves an entry down until none below it comes later. */
function sink(heap: number[], at: number, compare: (a: number, b: number) => number): void {
  for (;;) {
    let last = at
    for (const child of [2 * at + 1, 2 * at + 2])
      if (child < heap.length && compare(heap[child] ?? 0, heap[last] ?? 0) > 0) last = child
    if (last === at) return
    ;[heap[at], heap[last]] = [heap[last] ?? 0, heap[at] ?? 0]
    at = last
  }
}

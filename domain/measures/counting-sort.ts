/**
 * Sorts by a key from 0 to `keys` - 1. Those with the same key stay in their order.
 * @returns a new array
 */
export function countingSort(
  numbers: Int32Array,
  keys: number,
  keyOf: (number: number) => number,
): Int32Array {
  /** By key, where the next one with it goes. */
  const next = new Int32Array(keys + 1)
  for (let at = 0; at < numbers.length; at++) {
    const after = keyOf(numbers[at] ?? 0) + 1
    next[after] = (next[after] ?? 0) + 1
  }
  for (let key = 1; key <= keys; key++) next[key] = (next[key] ?? 0) + (next[key - 1] ?? 0)
  const sorted = new Int32Array(numbers.length)
  for (let at = 0; at < numbers.length; at++) {
    const number = numbers[at] ?? 0
    const key = keyOf(number)
    const place = next[key] ?? 0
    sorted[place] = number
    next[key] = place + 1
  }
  return sorted
}

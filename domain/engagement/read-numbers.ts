import { CHUNK_BITS, numbersOfBits } from './bitmap.ts'
import { BLOCK_NUMBERS, MAX_LISTED_MEMBERS } from './member-set.ts'

/** The numbers of members as tables have them, in the order in which they stand there. */

const NUMBER_BYTES = 4

/** @returns 4 bytes for each, big-endian; listedNumbers reads them */
export function numberList(numbers: ArrayLike<number>): Uint8Array {
  const list = new DataView(new ArrayBuffer(numbers.length * NUMBER_BYTES))
  for (let place = 0; place < numbers.length; place++)
    list.setInt32(place * NUMBER_BYTES, numbers[place] ?? 0)
  return new Uint8Array(list.buffer)
}

/**
 * As listedNumbers, in the memory of the bytes, which are no longer to be used: answers read many megabytes.
 * @param numbers 4 bytes each, big-endian
 */
export function takenNumbers(numbers: Buffer): Int32Array {
  if (numbers.byteOffset % NUMBER_BYTES !== 0) return listedNumbers(numbers)
  numbers.swap32()
  return new Int32Array(numbers.buffer, numbers.byteOffset, numbers.length / NUMBER_BYTES)
}

/** @param numbers 4 bytes each, big-endian */
export function listedNumbers(numbers: Uint8Array): Int32Array {
  const found = new Int32Array(numbers.length / NUMBER_BYTES)
  for (let place = 0; place < found.length; place++) found[place] = numberAt(numbers, place)
  return found
}

/**
 * The numbers whose minute is in [from, to).
 * @param minutes one byte per number
 */
export function numbersWithin(
  numbers: Uint8Array,
  minutes: Uint8Array,
  { from, to }: { from: number; to: number },
): Int32Array {
  const found = new Int32Array(minutes.length)
  let count = 0
  for (let place = 0; place < minutes.length; place++) {
    const minute = minutes[place] ?? 0
    if (minute >= from && minute < to) found[count++] = numberAt(numbers, place)
  }
  return found.subarray(0, count)
}

function numberAt(bytes: Uint8Array, place: number): number {
  const at = place * NUMBER_BYTES
  return (
    ((bytes[at] ?? 0) << 24) |
    ((bytes[at + 1] ?? 0) << 16) |
    ((bytes[at + 2] ?? 0) << 8) |
    (bytes[at + 3] ?? 0)
  )
}

/** @param packed result of MemberSet.pack */
export function packedNumbers(packed: Uint8Array): Int32Array {
  const found = new Int32Array(mostNumbersIn(packed))
  let count = 0
  for (let at = 0, start = 0; at < packed.length; start += BLOCK_NUMBERS) {
    const listed = pairAt(packed, at)
    const end = at + 2 + contentBytes(listed)
    at += 2
    if (listed > MAX_LISTED_MEMBERS) {
      const numbers = numbersOfBits(packed.subarray(at, end), start)
      found.set(numbers, count)
      count += numbers.length
    } else for (let place = at; place < end; place += 2) found[count++] = start + pairAt(packed, place)
    at = end
  }
  return found.subarray(0, count)
}

/** As many as the blocks may have: of those with bits any number. */
function mostNumbersIn(packed: Uint8Array): number {
  let most = 0
  for (let at = 0; at < packed.length;) {
    const listed = pairAt(packed, at)
    most += listed > MAX_LISTED_MEMBERS ? BLOCK_NUMBERS : listed
    at += 2 + contentBytes(listed)
  }
  return most
}

const contentBytes = (listed: number): number =>
  listed > MAX_LISTED_MEMBERS ? BLOCK_NUMBERS / 8 : 2 * listed

/**
 * Whether a packed set has one of some numbers, without unpacking it.
 * @param packed result of MemberSet.pack
 */
export function hasAnyOf(packed: Uint8Array, numbers: readonly number[]): boolean {
  for (let at = 0, start = 0; at < packed.length; start += BLOCK_NUMBERS) {
    const listed = pairAt(packed, at)
    const end = at + 2 + contentBytes(listed)
    const [isBits, block] = [listed > MAX_LISTED_MEMBERS, packed.subarray(at + 2, end)]
    for (const number of numbers) {
      const place = number - start
      if (place < 0 || place >= BLOCK_NUMBERS) continue
      if (isBits ? hasBit(block, place) : hasPlace(block, place)) return true
    }
    at = end
  }
  return false
}

const hasBit = (bits: Uint8Array, place: number): boolean =>
  ((bits[place >> 3] ?? 0) & (128 >> (place & 7))) !== 0

/** @param places in order, two bytes each */
function hasPlace(places: Uint8Array, place: number): boolean {
  let [low, high] = [0, places.length / 2]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (pairAt(places, 2 * middle) < place) low = middle + 1
    else high = middle
  }
  return low < places.length / 2 && pairAt(places, 2 * low) === place
}

const pairAt = (bytes: Uint8Array, at: number): number => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)

/** @param bits bits of one row of table `engagement` */
export const numbersOfChunk = (chunk: number, bits: Uint8Array): Int32Array =>
  numbersOfBits(bits, chunk * CHUNK_BITS)

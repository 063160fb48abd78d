/** Returns a whole number from 0 to 2^32 - 1. The same seed has the same sequence. */
export type Random32 = () => number

/**
 * The generator sfc32 by Chris Doty-Humphrey (PractRand): fast, passes its statistical tests, has a period of
 * about 2^127. It takes two seeds, so that every user of a pool can have a sequence of its own.
 */
export function sfc32(seed: number, stream: number): Random32 {
  let a = 0
  let b = seed | 0
  let c = stream | 0
  let counter = 1
  const next = () => {
    const result = (a + b + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + result
    return result >>> 0
  }
  // Twelve rounds, as its author advises: after them, seeds that differ in one bit have nothing in common.
  for (let round = 0; round < 12; round++) next()
  return next
}

/** Draws a number from 0 (inclusive) to 1 (exclusive). */
export const fraction = (random: Random32) => random() / 2 ** 32

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/** Draws a UUID of version 4 (RFC 9562). */
export function uuid(random: Random32): string {
  const [first, second, third, fourth] = [random(), random(), random(), random()]
  const version = (second & 0x0fff) | 0x4000
  const variant = ((third >>> 16) & 0x3fff) | 0x8000
  return `${hex32(first)}-${hex16(second >>> 16)}-${hex16(version)}-${hex16(variant)}-${hex16(third)}${hex32(fourth)}`
}

const hex32 = (word: number): string => hex16(word >>> 16) + hex16(word)
const hex16 = (word: number): string => `${HEX[(word >>> 8) & 0xff]}${HEX[word & 0xff]}`

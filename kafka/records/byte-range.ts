/** The bytes from `start` to `end` (exclusive). */
export type ByteRange = { bytes: Uint8Array; start: number; end: number }

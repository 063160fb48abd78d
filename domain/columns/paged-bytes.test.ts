import { expect, test } from 'vitest'
import { PagedBytes } from './paged-bytes.ts'
import { putBytes } from './put-bytes.ts'

const write = (bytes: PagedBytes, byte: number, count: number) => {
  bytes.reserve(count)
  bytes.at = putBytes(bytes.page, bytes.at, new Uint8Array(count).fill(byte))
}

test('what is reserved at once lies in one piece, however much it is, and the pieces are all that was written', () => {
  const bytes = new PagedBytes()
  expect(bytes.pieces()).toEqual([])
  const sizes = [1, 60_000, 5_000, 65_536, 200_000, 3]
  sizes.forEach((size, index) => {
    write(bytes, index, size)
  })
  const pieces = bytes.pieces()
  expect(bytes.length).toBe(sizes.reduce((sum, size) => sum + size, 0))
  expect(Buffer.concat(pieces)).toEqual(Buffer.concat(sizes.map((size, index) => Buffer.alloc(size, index))))
  for (const index of sizes.keys()) expect(pieces.filter((piece) => piece.includes(index))).toHaveLength(1)
})

test('memory that is given back is used again, and nothing of it is left in who gave it', () => {
  const first = new PagedBytes()
  write(first, 1, 40_000)
  write(first, 2, 40_000)
  const pages = new Set(first.pieces().map(({ buffer }) => buffer))
  first.release()
  expect([first.length, first.pieces()]).toEqual([0, []])
  const second = new PagedBytes()
  write(second, 3, 40_000)
  write(second, 4, 40_000)
  expect(new Set(second.pieces().map(({ buffer }) => buffer))).toEqual(pages)
})

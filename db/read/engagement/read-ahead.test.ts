import { expect, test } from 'vitest'
import { readAhead } from './read-ahead.ts'

/** Reads slices of which it says when each is asked for, and fails for those below 0. */
function reader() {
  const asked: number[] = []
  const read = async (slice: number) => {
    asked.push(slice)
    await Promise.resolve()
    if (slice < 0) throw new Error(`no ${slice}`)
    return slice * 10
  }
  return { asked, read }
}

test('slices come in order, and the next one is asked for before the last one is worked on', async () => {
  const { asked, read } = reader()
  const seen: [number, number][] = []
  for await (const rows of readAhead([1, 2, 3], read)) seen.push([rows, asked.length])
  expect(seen).toEqual([
    [10, 2],
    [20, 3],
    [30, 3],
  ])
  for await (const rows of readAhead([], read)) seen.push([rows, 0])
  expect(seen).toHaveLength(3)
})

test('whoever stops reads one slice too much at most', async () => {
  const { asked, read } = reader()
  for await (const rows of readAhead([1, 2, 3, 4], read)) if (rows === 20) break
  expect(asked).toEqual([1, 2, 3])
})

test('a failure is thrown when its turn comes, and one of a slice that nobody waits for by nobody', async () => {
  const { read } = reader()
  const seen: number[] = []
  const all = async () => {
    for await (const rows of readAhead([1, -2, -3], read)) seen.push(rows)
  }
  await expect(all()).rejects.toThrow('no -2')
  expect(seen).toEqual([10])
  for await (const rows of readAhead([1, -2], read)) if (rows === 10) break
})

import { expect, test } from 'vitest'
import { csvLineEnds } from './csv-line-ends.ts'
import { LineReader } from './line-reader.ts'
import { type Line, LINE_MAX_BYTES, type LineEnds, LineSplitter, plainLineEnds } from './split-lines.ts'

async function split(content: string | Buffer, ends: LineEnds, chunkBytes = Infinity) {
  const splitter = new LineSplitter(ends, { offset: 0, number: 1 })
  const reader = new LineReader(
    inChunks(Buffer.from(content), chunkBytes),
    splitter,
    new AbortController().signal,
  )
  const lines: Line[] = []
  for (;;) {
    const some = await reader.take(1_000, Infinity)
    if (some.length === 0) return { lines, blank: splitter.blankLines }
    for (const line of some) lines.push(line)
  }
}

async function* inChunks(bytes: Buffer, chunkBytes: number) {
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    await Promise.resolve()
    yield bytes.subarray(at, at + chunkBytes)
  }
}
const texts = ({ lines }: Awaited<ReturnType<typeof split>>) =>
  lines.map(({ bytes }) => bytes?.toString() ?? null)
const csv = () => csvLineEnds(',')

test.each([1, 2, 3, 7, Infinity])(
  'lines end at LF and CRLF, the last one also without, in chunks of %d bytes',
  async (chunkBytes) => {
    const result = await split('one\r\ntwo\n\r\n\n four\r\rlast', plainLineEnds(), chunkBytes)
    expect(texts(result)).toEqual(['one', 'two', ' four\r\rlast'])
    expect(result.blank).toBe(2)
  },
)

test('each line says where it begins and what comes behind it, blank lines counted', async () => {
  expect((await split('a\n\nbc\r\nd', plainLineEnds())).lines).toMatchObject([
    { number: 1, nextNumber: 2, end: 2, size: 1 },
    { number: 3, nextNumber: 4, end: 7, size: 2 },
    { number: 4, nextNumber: 5, end: 8, size: 1 },
  ])
})

test('bytes that are no UTF-8 stay what they are', async () => {
  const bytes = Buffer.from([0xff, 0xfe, 0x00, 0xc3, 0x0a, 0x80])
  expect((await split(bytes, plainLineEnds())).lines.map((line) => line.bytes?.toString('hex'))).toEqual([
    'fffe00c3',
    '80',
  ])
})

test.each([1, 2, 5, Infinity])(
  'a CSV row goes over line ends inside quotes, in chunks of %d bytes',
  async (chunkBytes) => {
    const rows = ['a,"x\ny",b', '"say ""hi""\r\n",c', '5" disk,d', '"e"f"g,h', ',"",']
    const result = await split(rows.join('\r\n'), csv(), chunkBytes)
    expect(texts(result)).toEqual(rows)
    expect(result.lines.map(({ number }) => number)).toEqual([1, 3, 5, 6, 7])
  },
)

test('a quote that is never closed makes one line of its row, and the rows behind it are read', async () => {
  const result = await split('a,"b\nc,d\n\n"e\nf",g\n', csv())
  // The quote of the first row is closed by the one of the fourth line, which opens none.
  expect(texts(result)).toEqual(['a,"b\nc,d\n\n"e', 'f",g'])
  const never = await split('a,"b\nc,d\n\ne,f', csv())
  expect(texts(never)).toEqual(['a,"b', 'c,d', 'e,f'])
  expect(never.lines.map(({ isUnclosed, number }) => [isUnclosed, number])).toEqual([
    [true, 1],
    [false, 2],
    [false, 4],
  ])
  expect(never.lines.at(-1)?.end).toBe(13)
})

test.each([
  ['of NDJSON', plainLineEnds()],
  ['of CSV', csv()],
])('a line %s of more than 16 MiB is told and not held, and the next one is read', async (_, ends) => {
  const long = Buffer.concat([
    Buffer.from('a\n'),
    Buffer.alloc(LINE_MAX_BYTES + 5, 'x'),
    Buffer.from('\nb\n'),
  ])
  const { lines } = await split(long, ends, 1024 * 1024)
  expect(
    lines.map(({ bytes, size, number }) => [bytes?.toString() ?? null, size > LINE_MAX_BYTES, number]),
  ).toEqual([
    ['a', false, 1],
    [null, true, 2],
    ['b', false, 3],
  ])
  expect(lines.at(-1)?.end).toBe(long.length)
})

test('a quote that is not closed for 16 MiB does not take the rows behind it along', async () => {
  const rows = Buffer.concat([
    Buffer.from('a,"b\n'),
    Buffer.alloc(LINE_MAX_BYTES + 10, `c,${'d'.repeat(997)}\n`),
  ])
  const { lines } = await split(rows, csv(), 1024 * 1024)
  expect(lines[0]).toMatchObject({ isUnclosed: true, bytes: Buffer.from('a,"b') })
  expect(lines.length).toBe(1 + Math.ceil((LINE_MAX_BYTES + 10) / 1000))
})

test('what is read from the middle goes on counting there', () => {
  const splitter = new LineSplitter(plainLineEnds(), { offset: 100, number: 8 })
  expect(splitter.push(Buffer.from('ab\n'))).toMatchObject([{ number: 8, nextNumber: 9, end: 103 }])
})

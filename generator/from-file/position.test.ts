import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openPositionFile } from './position-file.ts'
import { checkPosition, type Position } from './position.ts'

const identity = { size: 100, inode: 7, beginning: 'abc', 'entity tag': null }
const position: Position = {
  run: '',
  topic: 'user-login',
  identity,
  format: 'csv',
  csv: { delimiter: ',', fields: ['a'] },
  offset: 50,
  lineNumber: 4,
  sent: 2,
  refused: 0,
  isFinished: false,
}
const wanted = { name: 'logins.csv', identity, topic: 'user-login', format: null }

function file(): string {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-position-'))
  onTestFinished(() => {
    rmSync(folder, { recursive: true })
  })
  return join(folder, 'new', 'logins.csv.position')
}

test('the same source, topic and format go on', () => {
  expect(() => {
    checkPosition(position, { ...wanted, format: 'csv' })
  }).not.toThrow()
})

test.each([
  [
    { identity: { ...identity, size: 120 } },
    /is not what it was when it was sent \(size 100, now 120\); --again/,
  ],
  [{ identity: { ...identity, inode: 8, beginning: 'x' } }, /\(inode 7, now 8, its beginning is another\)/],
  [{ identity: { ...identity, 'entity tag': '"2"' } }, /\(entity tag unknown, now "2"\)/],
  [{ topic: 'other' }, /was sent to user-login, and not to other; --again/],
  [{ format: 'ndjson' as const }, /was sent as csv, and not as ndjson; --again/],
])('what differs is named, and no position is taken from it: %j', (change, message) => {
  expect(() => {
    checkPosition(position, { ...wanted, ...change })
  }).toThrow(message)
})

test('a position is kept and found again, and nothing else stays beside it', async () => {
  const path = file()
  const positions = openPositionFile(path, 'first')
  expect(await positions.load()).toBeNull()
  await positions.claim(position)
  await positions.save({ ...position, sent: 3 })
  expect(await openPositionFile(path, 'second').load()).toEqual({ ...position, run: 'first', sent: 3 })
  expect(readdirSync(join(path, '..'))).toEqual(['logins.csv.position'])
})

test('a run whose source was taken by a later one saves no position over that of the later one', async () => {
  const path = file()
  const [first, second] = [openPositionFile(path, 'first'), openPositionFile(path, 'second')]
  await first.claim(position)
  await second.claim(position)
  await expect(first.save({ ...position, sent: 3 })).rejects.toThrow('was taken over by another run')
  await second.save({ ...position, sent: 4 })
  expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ run: 'second', sent: 4 })
})

test.each(['', '{', '{"offset":1}', JSON.stringify({ ...position, offset: -1 })])(
  'a file that holds no position is said to, not guessed at: %j',
  async (text) => {
    const path = file()
    await openPositionFile(path, 'first').claim(position)
    writeFileSync(path, text)
    await expect(openPositionFile(path, 'second').load()).rejects.toThrow(
      /holds no position that this version can read; --again/,
    )
  },
)

test('a position that can not be written says so and how to do without', async () => {
  const path = file()
  await openPositionFile(path, 'run').claim(position)
  await expect(openPositionFile(join(path, 'beneath a file'), 'run').claim(position)).rejects.toThrow(
    /^the position can't be kept \(.*\); --from - /,
  )
})

import { expect, test } from 'vitest'
import { createScreen } from './screen.ts'

function written(isTTY: boolean, work: (screen: ReturnType<typeof createScreen>) => void): string {
  let text = ''
  work(createScreen({ isTTY, columns: 10, write: (more) => (text += more) }))
  return text
}

test('a line that is said does not run into the progress line, which stays below it', () => {
  const text = written(true, ({ say, progress }) => {
    progress('logins 1')
    say('api ended')
    progress('logins 2')
  })
  expect(text).toBe('\r\x1b[Klogins 1\r\x1b[Kapi ended\nlogins 1\r\x1b[Klogins 2')
})

test('progress that is over leaves nothing behind', () => {
  const steps = ({ say, progress }: ReturnType<typeof createScreen>) => {
    progress('3 files')
    progress('')
    say('up')
  }
  expect(written(true, steps)).toBe('\r\x1b[K3 files\r\x1b[Kup\n')
  expect(written(false, steps)).toBe('3 files\nup\n')
})

test('progress never wraps on a terminal', () => {
  const text = written(true, ({ progress }) => {
    progress('0123456789abc')
  })
  expect(text).toBe('\r\x1b[K012345678')
})

test('in a file everything is plain lines', () => {
  const text = written(false, ({ say, progress }) => {
    progress('logins 1, longer than any column')
    say('api ended')
  })
  expect(text).toBe('logins 1, longer than any column\napi ended\n')
})

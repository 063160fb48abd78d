import { expect, test, vi } from 'vitest'
import { withDeadline } from './with-deadline.ts'

const never = () => Promise.withResolvers<string>().promise

test('work that misses its deadline is not cancelled: cancelling a query may end the process', async () => {
  const cancel = vi.fn(() => Promise.reject(new Error('the server is away')))
  const query = Object.assign(never(), { cancel })
  const late = new Error('late')
  await expect(withDeadline(query, { milliseconds: 1, message: late })).rejects.toBe(late)
  expect(cancel).not.toHaveBeenCalled()
})

test('work in time is its result, and late work what stands for it', async () => {
  expect(await withDeadline(Promise.resolve('done'), { milliseconds: 1_000 })).toBe('done')
  expect(await withDeadline(never(), { milliseconds: 1, fallback: () => 'away' })).toBe('away')
})

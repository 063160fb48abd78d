import { expect, test } from 'vitest'
import { atMostEach } from './at-most-each.ts'

test('work that takes longer than its interval runs once at a time, and whoever asks gets the same', async () => {
  let nowMs = 0
  let begun = 0
  let end = Promise.withResolvers<undefined>()
  const ask = atMostEach(
    2_000,
    () => nowMs,
    () => {
      begun++
      return end.promise
    },
  )
  const first = ask()
  nowMs = 5_000
  const second = ask()
  expect([begun, second === first]).toEqual([1, true])
  end.resolve(undefined)
  await first
  end = Promise.withResolvers<undefined>()
  const third = ask()
  end.reject(new Error('away'))
  await expect(third).rejects.toThrow('away')
  nowMs = 6_999
  await expect(ask()).rejects.toThrow('away')
  expect(begun).toBe(2)
  nowMs = 7_000
  end = Promise.withResolvers<undefined>()
  void ask()
  expect(begun).toBe(3)
})

import { expect, it, vi } from 'vitest'
import { createDirectoryReadiness } from './directory-readiness.ts'

function setUp() {
  let nowMs = 0
  const look = vi.fn<() => Promise<string | undefined>>()
  const logger = { info: vi.fn(), warn: vi.fn(), error: vi.fn() }
  const ready = createDirectoryReadiness(look, logger, () => nowMs)
  return {
    ...{ look, logger },
    readyAt: (second: number) => {
      nowMs = second * 1000
      return ready()
    },
  }
}

it('a directory is not ready until it was good once, and from then on while it is away', async () => {
  const { look, readyAt } = setUp()
  look.mockRejectedValue(new Error('LDAP_CA_FILE is wrong'))
  await expect(readyAt(0)).rejects.toThrow('LDAP_CA_FILE is wrong')
  await expect(readyAt(6)).rejects.toThrow('LDAP_CA_FILE is wrong')
  look.mockResolvedValue(undefined)
  expect(await readyAt(12)).toBeUndefined()
  look.mockRejectedValue(new Error('away'))
  expect(await readyAt(23)).toBe('away')
  look.mockResolvedValue(undefined)
  expect(await readyAt(29)).toBeUndefined()
})

it('however often it is asked, it looks seldom, once for all who wait', async () => {
  const { look, readyAt } = setUp()
  look.mockResolvedValue(undefined)
  await Promise.all([readyAt(0), readyAt(0), readyAt(0)])
  await readyAt(9)
  expect(look).toHaveBeenCalledTimes(1)
  await readyAt(10)
  expect(look).toHaveBeenCalledTimes(2)
  look.mockRejectedValue(new Error('away'))
  await readyAt(20)
  await readyAt(24)
  expect(look).toHaveBeenCalledTimes(3)
})

it('a look that takes longer than a probe waits is not waited for', async () => {
  vi.useFakeTimers()
  try {
    const { look, readyAt } = setUp()
    const { promise, resolve } = Promise.withResolvers<undefined>()
    look.mockReturnValue(promise)
    const first = readyAt(0).catch(String)
    await vi.advanceTimersByTimeAsync(1_500)
    expect(await first).toMatch('no server of LDAP_URLS has answered yet')
    resolve(undefined)
    await vi.advanceTimersByTimeAsync(0)
    expect(await readyAt(3)).toBeUndefined()
    expect(look).toHaveBeenCalledTimes(1)
  } finally {
    vi.useRealTimers()
  }
})

it('the log has each news once', async () => {
  const { look, logger, readyAt } = setUp()
  look.mockRejectedValue(new Error('away'))
  for (const second of [0, 10, 20]) await readyAt(second).catch(() => undefined)
  look.mockResolvedValue(undefined)
  for (const second of [30, 50]) await readyAt(second)
  look.mockResolvedValue('one of two is away')
  for (const second of [70, 90]) await readyAt(second)
  expect(logger.warn.mock.calls.map(([, said]) => said as string)).toEqual([
    'sign-in by LDAP: away',
    'sign-in by LDAP: one of two is away',
  ])
  expect(logger.info).toHaveBeenCalledTimes(1)
})

import { expect, test } from 'vitest'
import { createProgressLine, type Progress } from './progress-line.ts'

const running: Progress = {
  state: 'RUNNING',
  lag: 0,
  partitions: [
    { logins: 600, rejects: 3 },
    { logins: 84, rejects: 0 },
  ],
  problems: [],
}
const halted = {
  kind: 'HALTED',
  partitions: [1],
  message: 'partition 1 is halted: offsets 5 to 9 are gone: retention (mend the cause)',
}
const parked = (batches: number) => ({
  kind: 'PARKED_BATCHES',
  partitions: [],
  message: `${batches} batches parked: ${batches} offsets are not counted`,
})

test('one line says how far ingestion is, and how fast since the line before', () => {
  const describe = createProgressLine()
  expect(describe(running, 0)).toEqual({ line: 'logins 684 · lag 0 · rejected 3 · running', news: [] })
  const later = { ...running, partitions: [{ logins: 704, rejects: 3 }] }
  expect(describe(later, 10_000).line).toBe('logins 704 (2.0/s) · lag 0 · rejected 3 · running')
})

test('the line never says running alone while batches are parked or a partition is halted; each is said in full once', () => {
  const describe = createProgressLine()
  const first = describe({ ...running, state: 'HALTED', problems: [halted, parked(46)] }, 0)
  expect(first).toEqual({
    line: 'logins 684 · lag 0 · rejected 3 · halted · partition 1 is halted · 46 batches parked',
    news: [halted.message, parked(46).message],
  })
  const second = describe({ ...running, problems: [parked(47)] }, 2_000)
  expect(second).toEqual({
    line: 'logins 684 (0.0/s) · lag 0 · rejected 3 · running · 47 batches parked',
    news: [],
  })
  expect(describe({ ...running, problems: [halted, parked(47)] }, 4_000).news).toEqual([halted.message])
})

test('what nobody knows is unknown, and not nothing', () => {
  const message =
    'no worker answers: none has reported since 2026-03-01T12:00:03Z; start one with npm run worker'
  const { line, news } = createProgressLine()(
    {
      state: null,
      lag: null,
      partitions: [],
      problems: [{ kind: 'NO_WORKER', partitions: [], message }],
    },
    0,
  )
  expect(line).toBe('logins unknown · lag unknown · rejected unknown · no worker answers')
  expect(news).toEqual([message])
})

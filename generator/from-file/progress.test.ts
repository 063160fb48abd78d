import { expect, test } from 'vitest'
import { Progress, progressLine, summary } from './progress.ts'

function progress(): Progress {
  const made = new Progress(1_000)
  made.addAcknowledged(new Map([[1, 1_500]]))
  made.addAcknowledged(
    new Map([
      [0, 1_000],
      [1, 500],
    ]),
  )
  made.bytes = 450_000
  return made
}

test('the time left is of the rate of this run, not of what an earlier one sent', () => {
  // Ten seconds for the second quarter, so twenty for the rest.
  expect(progressLine(progress(), { now: 0.5, atStart: 0.25 }, 11_000)).toBe(
    '█████░░░░░ 50 % · 3,000 lines · 300/s · 20 s left',
  )
})

test('nothing is said of the end where the size is not known or nothing is sent yet', () => {
  expect(progressLine(progress(), null, 11_000)).toBe('3,000 lines · 300/s')
  expect(progressLine(new Progress(0), { now: 0, atStart: 0 }, 1)).toBe('░░░░░░░░░░ 0 % · 0 lines · 0/s')
})

test('the summary counts by partition, and names what was not sent only where there is any', () => {
  expect(summary(progress(), 'user-login', 11_000)).toEqual([
    '3,000 lines (450,000 bytes) sent to user-login in 10.0 s, 300 lines per second',
    'by partition: 0: 1,000 · 1: 2,000',
  ])
  const some = new Progress(0)
  some.refused = 1
  some.blankLines = 2
  expect(summary(some, 'user-login', 0).slice(1)).toEqual([
    '1 line not sent: too large for the topic, or refused by it',
    '2 blank lines not sent',
  ])
})

import { expect, test } from 'vitest'
import { PipelineFailure } from '../pipeline/failure.ts'
import { failureReport, noProgress } from './slice-report.ts'

const outcomeOf = (error: unknown) => failureReport(noProgress(), error).outcome

test('only lost data, bad data and floods of it halt a partition at once; outages and lost ownership do not, and a defect is no outage', () => {
  expect(outcomeOf(new PipelineFailure('transient', 'kafka', 'away'))).toBe('waiting')
  expect(outcomeOf(new PipelineFailure('fenced', 'postgres', 'taken'))).toBe('fenced')
  expect(outcomeOf(new PipelineFailure('data_loss', 'kafka', 'gone'))).toBe('halted')
  expect(outcomeOf(new PipelineFailure('permanent', 'postgres', 'refused'))).toBe('halted')
  expect(outcomeOf(new PipelineFailure('flood', 'rollcall', 'rejects'))).toBe('halted')
  expect(outcomeOf(new TypeError('a defect'))).toBe('failed')
})

test('what the slice had done before it failed stays in its report', () => {
  const progress = { ...noProgress(), nextOffset: '7', logins: 3 }
  expect(failureReport(progress, new Error('x'))).toMatchObject({
    nextOffset: '7',
    logins: 3,
    reason: 'Rollcall: Error: x',
  })
})

import { expect, test } from 'vitest'
import { levelFor } from './temporal-log.ts'

test("a long outage of Temporal brings no line per attempt, while the SDK's other errors are seen", () => {
  expect(levelFor('error', 'gRPC call poll_activity_task_queue retried 16 times', {})).toBe('debug')
  expect(levelFor('error', 'Worker failed', {})).toBe('error')
})

test("the SDK's life cycle is hidden, what workflows say is not", () => {
  expect(levelFor('info', 'Worker state changed', {})).toBe('debug')
  expect(levelFor('info', 'reading user-login/0', { workflowId: 'ingest/user-login' })).toBe('info')
})

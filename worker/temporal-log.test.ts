import { expect, test } from 'vitest'
import { createLogger } from '../config/logger.ts'
import { createWriter, levelFor } from './temporal-log.ts'

test("a long outage of Temporal brings no line per attempt, while the SDK's other errors are seen", () => {
  expect(levelFor('error', 'gRPC call poll_activity_task_queue retried 16 times', {})).toBe('debug')
  expect(levelFor('error', 'Worker failed', {})).toBe('error')
})

test("the SDK's life cycle is hidden, what workflows say is not", () => {
  expect(levelFor('info', 'Worker state changed', {})).toBe('debug')
  expect(levelFor('info', 'reading user-login/0', { workflowId: 'ingest/user-login' })).toBe('info')
})

/** What a worker logs of these, given at these times in milliseconds. */
function written(lines: [number, ...Parameters<ReturnType<typeof createWriter>>][]) {
  const texts: string[] = []
  let nowMs = 0
  const log = createLogger('info', 'worker', { write: (line) => texts.push(line) })
  const write = createWriter(log, () => nowMs)
  for (const [atMs, ...line] of lines) {
    nowMs = atMs
    write(...line)
  }
  return texts.map((text) => JSON.parse(text) as Record<string, unknown>)
}

const failedActivity = {
  ...{
    sdkComponent: 'worker',
    workflowId: 'ingest/user-login',
    workflowRunId: 'r',
    activityType: 'watchTopic',
  },
  ...{ error: new Error('kafka: away'), taskToken: 'internal' },
}

test('an activity that fails again and again is logged once, and after a minute with how often', () => {
  const attempts = Array.from({ length: 61 }, (_, second) => second * 1_000)
  const lines = written(
    attempts.map((atMs, attempt) => [atMs, 'warn', 'Activity failed', { ...failedActivity, attempt }]),
  )
  expect(lines.map((line) => line['rollcall.fault.times'])).toEqual([undefined, 61])
  expect(lines[0]).toMatchObject({
    ...{ message: 'Activity failed', 'log.level': 'warn', 'error.message': 'kafka: away' },
    ...{ 'rollcall.workflow.id': 'ingest/user-login', 'rollcall.workflow.run_id': 'r' },
    'rollcall.activity.type': 'watchTopic',
  })
  expect(JSON.stringify(lines)).not.toContain('internal')
})

test('what workflows and activities say themselves is logged each time, with its place', () => {
  const said = {
    sdkComponent: 'workflow',
    workflowId: 'ingest/user-login/1',
    topic: 'user-login',
    partition: 1,
  }
  const lines = written([
    [0, 'warn', 'running -> waiting', said],
    [1, 'warn', 'running -> waiting', said],
  ])
  expect(lines).toHaveLength(2)
  expect(lines[0]).toMatchObject({ 'rollcall.topic': 'user-login', 'rollcall.partition': 1 })
})

test('other activities, other workflows and other faults are logged by themselves', () => {
  const lines = written([
    [0, 'warn', 'Activity failed', failedActivity],
    [1, 'warn', 'Activity failed', { ...failedActivity, activityType: 'recordControl' }],
    [2, 'warn', 'Activity failed', { ...failedActivity, workflowId: 'other' }],
    [3, 'error', 'gRPC call 1 is refused', {}],
    [4, 'error', 'gRPC call 2 is refused', {}],
  ])
  expect(lines).toHaveLength(4)
})

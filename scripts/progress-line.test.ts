import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { HOST } from '../stack/processes/ports.ts'
import { createProgressLine, type Progress, watchProgress } from './progress-line.ts'

const running: Progress = {
  state: 'RUNNING',
  lag: 0,
  partitions: [
    { attempts: 600, rejects: 3 },
    { attempts: 84, rejects: 0 },
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
  expect(describe(running, 0)).toEqual({ line: 'attempts 684 · lag 0 · rejected 3 · running', news: [] })
  const later = { ...running, partitions: [{ attempts: 704, rejects: 3 }] }
  expect(describe(later, 10_000).line).toBe('attempts 704 (2.0/s) · lag 0 · rejected 3 · running')
})

test('the line never says running alone while batches are parked or a partition is halted; each is said in full once', () => {
  const describe = createProgressLine()
  const first = describe({ ...running, state: 'HALTED', problems: [halted, parked(46)] }, 0)
  expect(first).toEqual({
    line: 'attempts 684 · lag 0 · rejected 3 · halted · partition 1 is halted · 46 batches parked',
    news: [halted.message, parked(46).message],
  })
  const second = describe({ ...running, problems: [parked(47)] }, 2_000)
  expect(second).toEqual({
    line: 'attempts 684 (0.0/s) · lag 0 · rejected 3 · running · 47 batches parked',
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
  expect(line).toBe('attempts unknown · lag unknown · rejected unknown · no worker answers')
  expect(news).toEqual([message])
})

test('the first line comes as soon as a worker has reported', async () => {
  const starting: Progress = {
    state: null,
    lag: null,
    partitions: [],
    problems: [{ kind: 'NO_WORKER', partitions: [], message: 'no worker answers: none has reported' }],
  }
  const api = await serve((asked) => (asked < 3 ? starting : running))
  const { promise: first, resolve } = Promise.withResolvers<string>()
  const end = watchProgress(api.url, false, { say: resolve, progress: resolve })
  onTestFinished(end)
  expect(await first).toBe('attempts 684 · lag 0 · rejected 3 · running')
  expect(api.asked()).toBe(4)
})

test('a worker that does not come is said after some answers', async () => {
  const missing = { kind: 'NO_WORKER', partitions: [], message: 'no worker answers: none has reported' }
  const api = await serve(() => ({ state: null, lag: null, partitions: [], problems: [missing] }))
  const { promise: first, resolve } = Promise.withResolvers<string>()
  onTestFinished(watchProgress(api.url, false, { say: resolve, progress: () => undefined }))
  expect(await first).toBe('no worker answers: none has reported')
})

/** An API that answers the question for progress with what `answer` gives for the n-th time, from 0 on. */
async function serve(answer: (asked: number) => Progress): Promise<{ url: string; asked: () => number }> {
  let asked = 0
  const server = createServer((_, response) => {
    response.end(JSON.stringify({ data: { ingestion: answer(asked++) } }))
  })
  await once(server.listen(0, HOST), 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://${HOST}:${(server.address() as AddressInfo).port}/graphql`, asked: () => asked }
}

import { expect, test } from 'vitest'
import { createLoginSource, type LoginMessage } from '../../generator/login-source.ts'
import { ingestPartitionId, statusQuery } from '../../workflows/contract.ts'
import { createDeployment, type Deployment } from '../support/deployment/deployment.ts'
import { eventually } from '../support/eventually.ts'
import { expectExact } from '../support/truth/exactness.ts'
import { createFeed } from '../support/kafka/feed.ts'
import type { RoleProcess } from '../support/deployment/role-process.ts'
import { temporalClient } from '../support/parts/temporal-client.ts'

const HOUR_MS = 3_600_000
const FORWARD_MS = 2 * HOUR_MS
const BACK_MS = -2 * HOUR_MS
/** The future by a clock that is right, the present by one that is fast. */
const AHEAD_MS = 1.5 * HOUR_MS

// What the worker's clock decides is what counts as the future: more than an hour ahead of it.
// - Two hours forward: a login that is 90 minutes ahead is let through, and the watermark goes there with it. Kafka refuses
//   outputs dated more than an hour ahead (message.timestamp.after.max.ms), so the partition waits until the clock is right,
//   and then publishes what was decided.
// - Two hours back: every login of now is a reject, whose bytes are kept. The watermark stays.
test('a clock that jumps two hours forward and back loses no login and counts none twice', async () => {
  const deployment = await createDeployment({ KAFKA_PARTITIONS: '1' })
  const { truth } = createFeed(deployment)
  const client = await temporalClient(deployment)
  const partition = ingestPartitionId(deployment.config.kafka.topic, 0)
  const worker = deployment.start('worker/main.ts', clockShifts(0, FORWARD_MS, 0, BACK_MS, 0))
  const present = logins(30, 0)
  await send(deployment, present)
  for (const { sent } of present) truth.addSent(sent)
  await expectExact(deployment, truth)

  await jump(worker, FORWARD_MS)
  const letThrough = [...logins(30, 0), ...logins(1, AHEAD_MS)]
  await send(deployment, letThrough)
  await eventually(async () => {
    const [status] = await client.workflow.getHandle(partition).query(statusQuery)
    expect(status?.state).toBe('waiting')
    expect(status?.reason).toMatch('the clock of the worker or of the broker is wrong')
  })
  await jump(worker, 0)
  for (const { sent } of letThrough) truth.addSent(sent)
  await expectExact(deployment, truth)
  const latestEventMs = Math.max(...letThrough.map(({ sent }) => sent.timestampSeconds * 1000))
  expect(await watermark(deployment)).toBe(latestEventMs)

  await jump(worker, BACK_MS)
  const refused = logins(20, 0)
  await send(deployment, refused)
  refused.forEach(() => {
    truth.addReject('timestamp_in_future')
  })
  await expectExact(deployment, truth)

  await jump(worker, 0)
  const counted = logins(30, 0)
  await send(deployment, [...counted, ...logins(1, AHEAD_MS)])
  for (const { sent } of counted) truth.addSent(sent)
  truth.addReject('timestamp_in_future')
  await expectExact(deployment, truth)
  expect(await watermark(deployment)).toBe(latestEventMs)
})

const source = createLoginSource({ seed: 11, users: 50 })

/** Dated `aheadMs` from now. */
function logins(count: number, aheadMs: number): LoginMessage[] {
  const seconds = Math.floor((Date.now() + aheadMs) / 1000)
  return Array.from({ length: count }, () => source.next(seconds))
}

/** As one record batch, so that one clock decides all of them. */
async function send({ kafka, config }: Deployment, messages: LoginMessage[]): Promise<void> {
  const producer = kafka.producer()
  await producer.connect()
  const records = messages.map(({ key, value }) => ({ key, value }))
  await producer.send({ topic: config.kafka.topic, messages: records })
  await producer.disconnect()
}

const clockShifts = (...shiftsMs: number[]): Record<string, string> => ({
  NODE_OPTIONS: `--import=${new URL('../support/deployment/clock-that-jumps.ts', import.meta.url).href}`,
  CLOCK_SHIFTS: shiftsMs.join(),
})

/** To the next of its shifts, which is this one. */
async function jump(worker: RoleProcess, shiftMs: number): Promise<void> {
  const jumps = () => worker.log().filter(({ clockShiftMs }) => clockShiftMs !== undefined)
  const before = jumps().length
  worker.signal('SIGHUP')
  await eventually(() => {
    expect(jumps().slice(before)).toEqual([{ clockShiftMs: shiftMs }])
  })
}

async function watermark({ sql }: Deployment): Promise<number> {
  const [row] = await sql<{ ms: number }[]>`
    select (extract(epoch from watermark) * 1000)::float8 as ms from partition_checkpoint`
  return row?.ms ?? expect.fail('no checkpoint')
}

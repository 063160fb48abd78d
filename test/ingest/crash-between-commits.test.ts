import { expect, test } from 'vitest'
import { createDeployment } from '../support/deployment/deployment.ts'
import { eventually } from '../support/eventually.ts'
import { expectExact } from '../support/truth/exactness.ts'
import { createFeed } from '../support/kafka/feed.ts'

// A batch of 50 records: a few thousand logins become enough batches for the crash to come in the middle.
const smallBatches = { BATCH_MAX_RECORDS: '50', KAFKA_PARTITIONS: '2' }

/** Each worker goes on from where the one before it was killed. */
const steps = [
  'before_postgres_commit',
  'after_postgres_commit',
  'inside_kafka_transaction',
  'after_kafka_commit',
] as const

test(
  'workers that are killed before the Postgres commit, between it and the Kafka commit, inside the Kafka transaction, ' +
    'and before the slice reports it lose nothing and count nothing twice',
  async () => {
    const deployment = await createDeployment(smallBatches)
    const feed = createFeed(deployment)
    await feed.logins(3_000)
    await feed.garbage()
    let before = 0
    for (const step of steps) {
      const crashing = deployment.start('test/support/deployment/worker-that-crashes.ts', {
        CRASH_STEP: step,
        CRASH_AFTER: '7',
      })
      expect(await crashing.exited, step).toBe('SIGKILL')
      const [row] = await deployment.sql<{ batches: number }[]>`
        select count(*)::integer as batches from batch`
      expect(row?.batches, step).toBeGreaterThan(before)
      before = row?.batches ?? 0
    }
    deployment.start('worker/main.ts')
    await feed.logins(500)
    await expectExact(deployment, feed.truth)
  },
)

// What the frozen worker had asked Temporal for comes to it first, and each time has to be missed.
const FROZEN_TIMEOUT_MS = 480_000
test(
  'a worker that is frozen past its heartbeat time-out and continued writes nothing more',
  async () => {
    const deployment = await createDeployment({ ...smallBatches, KAFKA_PARTITIONS: '1', INSIGHT_SIZE: '0' })
    const feed = createFeed(deployment)
    await feed.logins(2_000)
    const frozen = deployment.start('test/support/deployment/worker-that-crashes.ts', {
      CRASH_STEP: 'before_postgres_commit',
      CRASH_AFTER: '10',
      CRASH_SIGNAL: 'SIGSTOP',
    })
    await eventually(async () => {
      const [row] = await deployment.sql`select count(*)::integer as batches from batch`
      expect(row?.['batches']).toBe(9)
    })
    deployment.start('worker/main.ts')
    await expectExact(deployment, feed.truth)
    const epochs = () => deployment.sql`select partition, epoch, worker from partition_checkpoint`
    const before = await epochs()
    expect(before[0]?.['worker']).not.toContain(`${frozen.pid}@`)
    frozen.signal('SIGCONT')
    await feed.logins(500)
    await expectExact(deployment, feed.truth)
    const written =
      await deployment.sql`select count(*)::integer as batches from batch where code_version = 'test'`
    expect(written[0]?.['batches']).toBe(9)
  },
  FROZEN_TIMEOUT_MS,
)

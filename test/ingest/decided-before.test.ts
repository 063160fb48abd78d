import { expect, test } from 'vitest'
import { createDeployment, type Deployment } from '../support/deployment/deployment.ts'
import { eventually } from '../support/eventually.ts'
import { expectExact } from '../support/truth/exactness.ts'
import { createFeed } from '../support/kafka/feed.ts'
import { readTopic } from '../support/kafka/read-topic.ts'

const settings = { KAFKA_PARTITIONS: '1', BATCH_MAX_RECORDS: '100' }

test('what was counted by other settings and not published is published as it was decided, without a halt', async () => {
  const deployment = await createDeployment({ ...settings, LOGIN_MAX_BYTES: '65536' })
  const feed = createFeed(deployment)
  await feed.logins(20)
  await feed.loginOf('large', { pad: 'x'.repeat(10_000) })
  await feed.reject('no login', 'not_json')
  await crashBeforePublishing(deployment)
  const [batch] = await deployment.sql`select rules from batch`
  expect(batch?.['rules']).toEqual({
    version: 3,
    maxBytes: 65_536,
    maxAgeDays: 3_653,
    maxOutputBytes: expect.any(Number) as number,
  })

  deployment.start('worker/main.ts', { LOGIN_MAX_BYTES: '1024', EVENT_MAX_AGE_DAYS: '1' })
  await feed.logins(20)
  await expectExact(deployment, feed.truth)
})

test('what the version before has counted and not published is published as that version decided it', async () => {
  const deployment = await createDeployment(settings)
  const feed = createFeed(deployment)
  await feed.logins(20)
  await feed.loginOf('blanks', { device_type: ' iOS ' })
  await feed.reject('no login', 'not_json')
  await crashBeforePublishing(deployment, { RULES_VERSION: '1' })
  // It kept no rules.
  await deployment.sql`update batch set rules = null`
  // A reject is published with the words of that time.
  await deployment.sql`
    update rejected_login set detail = 'as the version before worded it' where reason = 'not_json'`

  deployment.start('worker/main.ts')
  const letters = await eventually(async () => {
    const found = await readTopic(deployment.kafka, deployment.config.kafka.dlqTopic)
    expect(found).toHaveLength(1)
    return found
  })
  expect(letters.map(({ headers }) => headers['rollcall-detail'])).toEqual([
    'as the version before worded it',
  ])
  const copies = await readTopic(deployment.kafka, deployment.config.kafka.processedTopic)
  const copy = copies.find(({ key }) => key === 'blanks')
  expect(JSON.parse(copy?.value?.toString() ?? '{}')).toMatchObject({
    device_type: 'unknown',
    extra: { device_type: ' iOS ' },
  })
})

test('outcomes of version 2 of the rules are published as they were read then, and new ones as they are read now', async () => {
  const deployment = await createDeployment(settings)
  const feed = createFeed(deployment)
  await feed.loginOf('earlier', { outcome: 'FAILED' })
  await crashBeforePublishing(deployment, { RULES_VERSION: '2' })
  await deployment.sql`update batch set rules = jsonb_set(rules::jsonb, '{version}', '2')`

  deployment.start('worker/main.ts')
  await feed.loginOf('later', { outcome: 'FAILED' })
  const copies = await eventually(async () => {
    const found = await readTopic(deployment.kafka, deployment.config.kafka.processedTopic)
    expect(found).toHaveLength(2)
    return found.map(({ value }) => JSON.parse(value?.toString() ?? '{}') as Record<string, unknown>)
  })
  expect(copies.map((copy) => [copy['user_id'], copy['outcome'], copy['extra']])).toEqual([
    ['earlier', 'unknown', { outcome: 'FAILED' }],
    ['later', 'failure', undefined],
  ])
})

/** One batch is counted, and nothing of it is published. */
async function crashBeforePublishing(
  deployment: Deployment,
  extra: Record<string, string> = {},
): Promise<void> {
  const crashing = deployment.start('test/support/deployment/worker-that-crashes.ts', {
    CRASH_STEP: 'after_postgres_commit',
    ...extra,
  })
  expect(await crashing.exited).toBe('SIGKILL')
  const published = await readTopic(deployment.kafka, deployment.config.kafka.processedTopic)
  expect(published).toEqual([])
}

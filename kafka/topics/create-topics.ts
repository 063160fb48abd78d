import { setTimeout as sleep } from 'node:timers/promises'
import type { Kafka } from '../client.ts'

type Admin = ReturnType<Kafka['admin']>
type NewTopics = Parameters<Admin['createTopics']>[0]['topics']

const WAIT_MS = 30_000
const POLL_MS = 50

/**
 * Creates topics, and returns when each partition's leader answers. Topics that exist stay as they are.
 *
 * The wait of kafkajs is not enough: it fails if the broker that it asks does not know the new topic yet, and
 * a leader that the metadata names may not know for another moment that it is the leader.
 * @throws what kafkajs throws: if the broker refuses, or the leaders have not answered within 30 seconds
 */
export async function createTopics(admin: Admin, topics: NewTopics): Promise<void> {
  await admin.createTopics({ waitForLeaders: false, topics })
  const deadlineMs = Date.now() + WAIT_MS
  for (const { topic } of topics) await untilLeadersAnswer(admin, topic, deadlineMs)
}

async function untilLeadersAnswer(admin: Admin, topic: string, deadlineMs: number): Promise<void> {
  for (;;) {
    try {
      await admin.fetchTopicOffsets(topic)
      return
    } catch (error) {
      if (Date.now() > deadlineMs) throw error
    }
    await sleep(POLL_MS)
  }
}

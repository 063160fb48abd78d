import { createTopics } from '../../../kafka/topics/create-topics.ts'
import type { Deployment } from '../deployment/deployment.ts'
import { eventually } from '../eventually.ts'

type Admin = ReturnType<Deployment['kafka']['admin']>

/** Runs `work` with an admin of the broker and the name of the input topic. */
export async function withAdmin(
  { kafka, config }: Deployment,
  work: (admin: Admin, topic: string) => Promise<unknown>,
): Promise<void> {
  const admin = kafka.admin()
  await admin.connect()
  await work(admin, config.kafka.topic)
  await admin.disconnect()
}

/** Deletes the input topic and creates it anew, empty. */
export const recreateTopic = (deployment: Deployment, numPartitions: number): Promise<void> =>
  withAdmin(deployment, async (admin, topic) => {
    await admin.deleteTopics({ topics: [topic] })
    await eventually(() => createTopics(admin, [{ topic, numPartitions }]))
  })

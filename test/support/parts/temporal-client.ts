import { Client, Connection } from '@temporalio/client'
import { onTestFinished } from 'vitest'
import {
  ingestTopicId,
  resumeUpdate,
  statusQuery,
  type PartitionStatus,
} from '../../../workflows/contract.ts'
import type { Deployment } from '../deployment/deployment.ts'

/** A client of the run's Temporal; closed when the test ends. */
export async function temporalClient({ config }: Deployment): Promise<Client> {
  const connection = await Connection.connect({ address: config.temporal.address })
  onTestFinished(() => connection.close())
  return new Client({ connection, namespace: config.temporal.namespace })
}

/** What the topic's workflow says of its partitions, in order of number. */
export async function partitionStatuses(client: Client, { config }: Deployment): Promise<PartitionStatus[]> {
  return await client.workflow.getHandle(ingestTopicId(config.kafka.topic)).query(statusQuery)
}

/** As an operator would, from the page of the topic's workflow. */
export async function resumePartition(
  client: Client,
  { config }: Deployment,
  partition: number,
  reason: string,
): Promise<void> {
  await client.workflow.getHandle(ingestTopicId(config.kafka.topic)).executeUpdate(resumeUpdate, {
    args: [{ commandId: `resume ${config.kafka.topic}`, actor: 'tester', reason, partitions: [partition] }],
  })
}

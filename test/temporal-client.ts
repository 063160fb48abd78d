import { Client, Connection } from '@temporalio/client'
import { onTestFinished } from 'vitest'
import { ingestTopicId, statusQuery, type PartitionStatus } from '../workflows/contract.ts'
import type { Deployment } from './deployment.ts'

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

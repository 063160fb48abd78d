import type { Graphql } from '../../support/api/graphql-client.ts'

export type PartitionState = { partition: number; state: string | null; reason: string | null }

/**
 * What the partitions do, as GraphQL says.
 * @throws when the API, Temporal or the workers are away
 */
export async function partitionStates(ask: Graphql): Promise<PartitionState[]> {
  const { ingestion } = await ask('{ ingestion { state partitions { partition state reason } } }')
  const { state, partitions } = ingestion as { state: string | null; partitions: PartitionState[] }
  if (state === null) throw new Error('Temporal or its workers are away')
  return partitions
}

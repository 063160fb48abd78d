import type { OutputCollector } from '../../kafka/write/collect-outputs.ts'
import type { PartitionSession } from '../session/partition-session.ts'

/**
 * Publishes the outputs of the offsets before `to`.
 * @returns `to`, which is then the first unpublished offset
 */
export async function publishOutputs(
  { producer, deps }: PartitionSession,
  outputs: OutputCollector,
  to: bigint,
): Promise<bigint> {
  const startMs = performance.now()
  await producer.publish(outputs, to, async () => {
    await deps.onStep?.('inside_kafka_transaction')
  })
  deps.observe.batchPublished(performance.now() - startMs)
  await deps.onStep?.('after_kafka_commit')
  return to
}

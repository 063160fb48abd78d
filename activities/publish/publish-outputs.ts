import type { OutputCollector } from '../../kafka/write/collect-outputs.ts'
import { traced } from '../../tracing/active-span.ts'
import type { PartitionSession } from '../session/partition-session.ts'
import { publishSpan } from './publish-span.ts'

/**
 * Publishes the outputs of the offsets before `to`.
 * @returns `to`, which is then the first unpublished offset
 */
export async function publishOutputs(
  { producer, deps, topic, partition }: PartitionSession,
  outputs: OutputCollector,
  to: bigint,
): Promise<bigint> {
  const startMs = performance.now()
  await traced(
    'publish',
    () => publishSpan({ topic, partition }, to),
    () =>
      producer.publish(outputs, to, async () => {
        await deps.onStep?.('inside_kafka_transaction')
      }),
  )
  deps.observe.batchPublished(performance.now() - startMs)
  await deps.onStep?.('after_kafka_commit')
  return to
}

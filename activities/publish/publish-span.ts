import type { PartitionKey } from '../../db/ingest/checkpoint.ts'
import type { SpanOptions } from '../../tracing/span.ts'

/** The span of a Kafka transaction with the outputs of the offsets before `to` of a partition. */
export const publishSpan = ({ topic, partition }: PartitionKey, to: bigint): SpanOptions => ({
  kind: 'producer',
  attributes: {
    'messaging.system': 'kafka',
    'messaging.operation.name': 'publish',
    'messaging.operation.type': 'send',
    'rollcall.source.topic': topic,
    'rollcall.source.partition': partition,
    'rollcall.offset.to': Number(to),
  },
})

import type { SliceReport } from '../../domain/batch/slice-report.ts'
import type { PipelineFailure } from '../../domain/pipeline/failure.ts'
import { activeSpan } from '../../tracing/active-span.ts'
import type { Span } from '../../tracing/span.ts'
import type { PartitionSession } from '../session/partition-session.ts'
import type { Offsets } from './committed-part.ts'
import type { Fetched } from './fetch-ahead.ts'

/**
 * Begins the trace of a range, from its fetch on. It is a trace of its own, with a link to the slice: a slice has hundreds of
 * ranges, and which of them are sampled is decided for each.
 * @returns null if it is not sampled
 */
export function traceRange(
  { deps, topic, partition }: PartitionSession,
  { from, to }: Offsets,
  { startMs, endMs }: Fetched,
): Span | null {
  const attributes = {
    'messaging.system': 'kafka',
    'messaging.destination.name': topic,
    'messaging.destination.partition.id': String(partition),
    'messaging.consumer.group.name': deps.config.kafka.groupId,
    'messaging.kafka.offset': Number(from),
    'rollcall.offset.to': Number(to),
  }
  const span = deps.tracing.begin(`process ${topic}`, {
    ...{ kind: 'consumer', startMs, links: [activeSpan()] },
    attributes: {
      ...attributes,
      'messaging.operation.name': 'process',
      'messaging.operation.type': 'process',
    },
  })
  span
    ?.child(`fetch ${topic}`, {
      ...{ kind: 'client', startMs },
      attributes: {
        ...attributes,
        'messaging.operation.name': 'fetch',
        'messaging.operation.type': 'receive',
      },
    })
    .end(endMs)
  return span
}

/** Says in the span of a slice why it ended: its activity succeeds all the same. */
export function traceSliceFailure(
  outcome: SliceReport['outcome'],
  { failureClass, part }: PipelineFailure,
): void {
  const span = activeSpan()
  span?.set({ 'rollcall.slice.outcome': outcome, 'rollcall.dependency': part })
  span?.failed(failureClass)
}

import { builder } from '../builder.ts'
import type { ApiContext } from '../../context/context.ts'
import type { Freshness } from '../../context/freshness.ts'
import { IncompleteReasonType } from './incomplete-reason.ts'
import { SourceEnum } from './pipeline-enums.ts'

export const FreshnessType = builder.objectRef<Freshness>('Freshness').implement({
  description:
    'How fresh and how complete an answer is, for the whole topic and as of the snapshot that served the answer.',
  fields: (t) => ({
    node: t.exposeString('node', {
      description: 'The node that served the whole request: its role by configuration, host and port.',
    }),
    source: t.expose('source', { type: SourceEnum, description: 'What that node is.' }),
    readAt: t.expose('readAt', {
      type: 'DateTime',
      description: 'When the snapshot was taken, by the clock of the node.',
    }),
    replicaLagMs: t.exposeFloat('replicaLagMs', {
      nullable: true,
      description:
        'Milliseconds that the replica is behind its primary, at most: 0 when it has heard of it within three seconds and ' +
        'replayed all it received, else how old the last that it has is. Null from the primary, or when it cannot tell.',
    }),
    watermark: t.expose('watermark', {
      type: 'DateTime',
      nullable: true,
      description:
        'The least, over the partitions, of the latest event time counted from the partition. Logins before it are ' +
        'counted, but for those that arrive late or are parked. A quiet partition holds it back: lag 0 says that nothing ' +
        'is missing all the same. Partitions that never counted a login and have nothing unread are left out; null when ' +
        'one has something unread and nothing counted, or when nothing was counted at all.',
    }),
    lag: t.expose('lag', {
      type: 'BigInt',
      nullable: true,
      description:
        'Offsets that Kafka had acknowledged (at most a second ago) and the snapshot has not decided, over all partitions: up ' +
        'to the high watermark, also what an open transaction keeps from being read, and all of a topic that was created anew. ' +
        'Offsets, not logins: transaction markers count too. Null when Kafka cannot be asked, or a log ends before its ' +
        'checkpoint.',
    }),
    parkedOffsets: t.expose('parkedOffsets', {
      type: 'BigInt',
      description: 'Offsets in parked batches: read, not counted, waiting for an operator.',
    }),
    complete: t.exposeBoolean('complete', {
      description:
        'Whether every offset that Kafka held is decided: lag is known to be 0, nothing is parked and no log was lost. Under ' +
        'live traffic it is often false for the newest logins alone; the watermark says up to where it does not matter.',
    }),
    incompleteBecause: t.expose('incompleteBecause', {
      type: [IncompleteReasonType],
      description: 'Every reason why it is not complete; none when it is.',
    }),
  }),
})

/** For the field that every analytics answer has. */
export const freshnessField = {
  type: FreshnessType,
  description: 'How fresh and how complete this answer is.',
  resolve: (_: unknown, __: unknown, context: ApiContext) => context.freshness(),
}

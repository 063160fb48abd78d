import { builder } from '../builder.ts'
import type { ApiContext } from '../../context/context.ts'
import type { Freshness } from '../../context/freshness.ts'
import { formatPosition } from '../../context/position-text.ts'
import { needs } from '../../context/permission.ts'
import { IncompleteReasonType } from './incomplete-reason.ts'
import { DatabaseRoleEnum } from './pipeline-enums.ts'

export const FreshnessType = builder.objectRef<Freshness>('Freshness').implement({
  extensions: needs('figures'),
  description:
    'How fresh and how complete an answer is, for the whole topic and as of the snapshot that served the answer.',
  fields: (t) => ({
    databaseNode: t.exposeString('node', {
      description: 'The node that served the whole request: its role by configuration, host and port.',
    }),
    databaseRole: t.expose('source', { type: DatabaseRoleEnum, description: 'What that node is.' }),
    readAt: t.expose('readAt', {
      type: 'DateTime',
      description: 'When the snapshot was taken, by the clock of the node.',
    }),
    replicaLagMs: t.exposeFloat('replicaLagMs', {
      nullable: true,
      description:
        'How many milliseconds the replica is behind its primary, at most. 0 when the replica heard from the primary ' +
        'within the last three seconds and has replayed all it received; otherwise the age of its latest data. Null ' +
        'when the primary answered, or when the replica cannot tell.',
    }),
    watermark: t.expose('watermark', {
      type: 'DateTime',
      nullable: true,
      description:
        'Attempts before this event time are counted, except those that arrive late or are parked. It is the earliest, ' +
        'over the partitions, of the latest event time that was counted. A quiet partition holds it back; when lag is ' +
        '0, nothing is missing all the same. Partitions that never counted an attempt and have nothing unread are left ' +
        'out. Null when a partition has something unread and nothing counted, or when nothing was counted at all.',
    }),
    firstAttemptAt: t.field({
      type: 'DateTime',
      nullable: true,
      description:
        'From when on attempts are known: start of the first minute, by event time, with one that was counted, or of the quarter of an ' +
        'hour where minutes are no longer kept. Before it everything is 0 because nothing is known. A device whose clock was wrong ' +
        'may have set it. Null when nothing was counted yet.',
      resolve: (_, __, context) => context.firstAttempt(),
    }),
    lag: t.expose('lag', {
      type: 'BigInt',
      nullable: true,
      description:
        'Offsets that Kafka had acknowledged (at most a second ago) and the snapshot has not decided, over all ' +
        'partitions. They reach up to the high watermark, so records that an open transaction blocks are included, ' +
        'and so is all of a re-created topic. Offsets, not attempts: transaction markers count too. Null when Kafka ' +
        'cannot be asked, or when a log ends before its checkpoint.',
    }),
    parkedOffsets: t.expose('parkedOffsets', {
      type: 'BigInt',
      description: 'Offsets in parked batches: read, not counted, waiting for an operator.',
    }),
    isComplete: t.exposeBoolean('isComplete', {
      description:
        'Whether every offset that Kafka held is decided: lag is known to be 0, nothing is parked and no log was ' +
        'lost. Under live traffic it is often false because of the newest attempts alone; the watermark says up to ' +
        'which time that does not matter.',
    }),
    incompleteReasons: t.expose('incompleteReasons', {
      type: [IncompleteReasonType],
      description: 'Every reason why it is not complete; none when it is.',
    }),
    position: t.string({
      description:
        'What counts of this answer include, as opaque text. Sent as the header x-rollcall-read-after it gets an answer that ' +
        'includes at least as much.',
      resolve: ({ position }) => formatPosition(position),
    }),
  }),
})

/** The field `freshness` of an answer. */
export const freshnessField = {
  type: FreshnessType,
  description: 'How fresh and how complete this answer is.',
  resolve: (_: unknown, __: unknown, context: ApiContext) => context.freshness(),
}

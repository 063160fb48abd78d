import { builder } from '../builder.ts'
import type { IncompleteCause, IncompleteReason } from '../../context/incomplete-reasons.ts'
import { needs } from '../../context/permission.ts'
import { capitals } from './enum-values.ts'

const IncompleteCauseEnum = builder.enumType('IncompleteCause', {
  description: 'Why counts may lack attempts.',
  values: capitals<IncompleteCause>({
    unread:
      'Offsets that could be read are not read yet: there is a backlog, or reading is paused, waiting or halted ' +
      '(see ingestion).',
    open_transaction:
      'Offsets cannot be read until a producer commits or aborts its transaction, or Kafka aborts it once it has timed out.',
    parked: 'Offsets are in parked batches.',
    topic_recreated:
      'The topic was deleted and re-created: nothing of the new one is read, and what was unread of the old one is ' +
      'gone.',
    log_truncated: 'The log ends before what was read of it, as when Kafka was restored from an older copy.',
    offsets_lost: 'Kafka deleted offsets (retention) before they were read.',
    partition_gone: 'The topic was re-created without the partition.',
    kafka_unknown: 'Kafka cannot be asked, or the topic does not exist: how much is unread is not known.',
    pending_rollup: 'Batches are counted, but answers about engagement do not include them yet.',
    rows_expired: 'Attempts are counted and their rows are gone (LOGIN_RETENTION_DAYS).',
  }),
})

export const IncompleteReasonType = builder.objectRef<IncompleteReason>('IncompleteReason').implement({
  extensions: needs('figures'),
  description: 'Why counts may lack attempts.',
  fields: (t) => ({
    cause: t.expose('cause', { type: IncompleteCauseEnum, description: 'What kind of reason it is.' }),
    partition: t.exposeInt('partition', {
      nullable: true,
      description: 'The partition; null: the whole topic.',
    }),
    offsets: t.expose('offsets', {
      type: 'BigInt',
      nullable: true,
      description: 'How many offsets are concerned; null when nobody can tell.',
    }),
    message: t.exposeString('message', { description: 'All that is known of it, for people.' }),
  }),
})

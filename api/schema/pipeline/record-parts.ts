import type { RedriveAttemptRow, RejectedRecordRow } from '../../../db/read/rows/rejected-records.ts'
import type { Subject } from '../../context/look.ts'
import { about, needs } from '../../context/permission.ts'
import { builder } from '../builder.ts'
import { RejectReasonEnum } from '../fields/pipeline-enums.ts'

/** A part of a rejected record, which it is audited as (AUDIT_READS). */
type OfRecord = { record: RejectedRecordRow }

/** What is looked at where a reject is shown: nobody knows whom it is about. */
export const subjectsOf = ({ topic, partition, kafka_offset: offset }: RejectedRecordRow): Subject[] => [
  { kind: 'record', value: `${topic}/${partition}/${offset}` },
]
const ofRecord = { ...needs('figures'), ...about(({ record }: OfRecord) => subjectsOf(record)) }

export const Header = builder
  .objectRef<OfRecord & { name: string; base64: string | null }>('RecordHeader')
  .implement({
    extensions: ofRecord,
    description: 'A header of a Kafka record; names may repeat.',
    fields: (t) => ({
      name: t.string({ description: 'Name of the header.', resolve: ({ name }) => name }),
      valueBase64: t.string({
        nullable: true,
        extensions: needs('persons', 'nothing'),
        description: 'Bytes of the header, in base64; null when it has none.',
        resolve: ({ base64 }) => base64,
      }),
    }),
  })

export const Redrive = builder.objectRef<RedriveAttemptRow & OfRecord>('Redrive').implement({
  extensions: ofRecord,
  description: 'A reject that was decoded again: what became of it.',
  fields: (t) => ({
    runId: t.exposeID('command_id', {
      description: 'The redriveRejectedRecords behind it: its commandId (redriveRun, controlEvents).',
    }),
    triedAt: t.field({
      type: 'DateTime',
      description: 'When that was.',
      resolve: ({ attempted_at: at }) => new Date(at),
    }),
    codeVersion: t.exposeString('code_version', { description: 'Version of Rollcall that decoded it.' }),
    isAttempt: t.boolean({
      description: 'Whether the record is an attempt since, which is counted.',
      resolve: ({ outcome }) => outcome === 'login',
    }),
    reason: t.field({
      type: RejectReasonEnum,
      nullable: true,
      description: 'Why it stays a reject; null when it became an attempt.',
      resolve: ({ outcome }) => (outcome === 'login' ? null : outcome),
    }),
    detail: t.exposeString('detail', {
      extensions: needs('persons', 'text'),
      description: 'What was found instead, for people to read.',
    }),
  }),
})

import type { PublishedHead } from '../../../domain/audit/audit-head.ts'
import { type BreakKind, type ChainBreak, sayBreak } from '../../../domain/audit/explain-break.ts'
import type { AuditVerification as Verification } from '../../../domain/audit/verification.ts'
import { InvalidArgumentError } from '../../context/errors.ts'
import { limits } from '../../context/limits.ts'
import { needs } from '../../context/permission.ts'
import { builder } from '../builder.ts'
import { capitals } from '../fields/enum-values.ts'

const AuditBreakKind = builder.enumType('AuditBreakKind', {
  description: 'How the chain of the audit breaks.',
  values: capitals<BreakKind>({
    changed: 'The event does not fit its hash: it was changed, or the one before it was, and hashed anew.',
    removed: 'The event is missing, perhaps with others after it.',
    swapped: 'The event was swapped with the next one.',
    inserted: 'The event was inserted.',
    unlinked:
      'The event does not follow the one before: that was changed, or events between them were removed.',
    cut_off: 'The event and all after it are missing.',
    rebuilt:
      'From this event on, hashes fit each other and not the published heads: the chain was made anew.',
    mislabelled: 'The event is as it was, and is listed under another id, kind or time.',
  }),
})

const AuditBreak = builder.objectRef<ChainBreak>('AuditBreak').implement({
  extensions: needs('audit'),
  description: 'Where the chain of the audit breaks first.',
  fields: (t) => ({
    number: t.field({
      type: 'BigInt',
      description: 'Number of the first event that is concerned.',
      resolve: ({ seq }) => BigInt(seq),
    }),
    kind: t.expose('how', { type: AuditBreakKind, description: 'How it breaks.' }),
    explanation: t.string({ description: 'The same in words.', resolve: sayBreak }),
  }),
})

const AuditHead = builder.objectRef<PublishedHead>('AuditHead').implement({
  extensions: needs('audit'),
  description: 'What was published of the chain outside the database: at this number it had this hash.',
  fields: (t) => ({
    number: t.field({
      type: 'BigInt',
      description: 'Number of the event that was the last one.',
      resolve: ({ seq }) => BigInt(seq),
    }),
    hash: t.exposeString('hash', { description: 'Its hash.' }),
    publishedAt: t.field({
      type: 'DateTime',
      description: 'When that was, by the clock of the worker.',
      resolve: ({ at }) => new Date(at),
    }),
    keyId: t.exposeString('keyId', { nullable: true, description: 'Key that signed it; null: none.' }),
  }),
})

const AuditCheckpoint = builder
  .objectRef<NonNullable<Verification['checkpoint']>>('AuditCheckpoint')
  .implement({
    extensions: needs('audit'),
    description: 'Says that the events up to a number were pruned by retention.',
    fields: (t) => ({
      number: t.field({
        type: 'BigInt',
        description: 'Number of the last event that is gone.',
        resolve: ({ seq }) => BigInt(seq),
      }),
      prunedAt: t.field({
        type: 'DateTime',
        description: 'When that was.',
        resolve: ({ at }) => new Date(at),
      }),
      isSigned: t.exposeBoolean('isSigned', { description: 'Whether a known key signed it.' }),
    }),
  })

const AuditVerification = builder.objectRef<Verification>('AuditVerification').implement({
  extensions: needs('audit'),
  description: 'What a check of the chain of the audit found.',
  fields: (t) => ({
    isWhole: t.boolean({
      description:
        'Whether the events that were looked at follow each other and agree with what was published. See also isComplete, head ' +
        'and hasSignedHeads: without a signed head, whoever may change the database could have made all of it anew.',
      resolve: (found) => found.break === null,
    }),
    break: t.expose('break', {
      type: AuditBreak,
      nullable: true,
      description: 'Where it breaks first; null: nowhere, as far as it was looked at.',
    }),
    from: t.field({
      type: 'BigInt',
      description: 'Number of the first event that was looked at.',
      resolve: ({ from }) => BigInt(from),
    }),
    through: t.field({
      type: 'BigInt',
      description:
        'Number of the last event that follows; `after` of the next question, if this one is not complete.',
      resolve: ({ last }) => BigInt(last.seq),
    }),
    eventCount: t.exposeInt('count', { description: 'How many events that are.' }),
    isComplete: t.exposeBoolean('isComplete', {
      description: 'Whether there is nothing after them: the end of the chain, or its break.',
    }),
    checkpoint: t.expose('checkpoint', {
      type: AuditCheckpoint,
      nullable: true,
      description: 'The chain begins after it; null: at its first event, or with `after`.',
    }),
    head: t.expose('head', {
      type: AuditHead,
      nullable: true,
      description:
        'The last published head, which the chain was compared with; null: none, or the check did not come to it.',
    }),
    hasSignedHeads: t.exposeBoolean('areHeadsSigned', {
      description:
        'Whether only heads count that a known key signed; false: there is no key here, and any head counts.',
    }),
    ignoredHeadCount: t.exposeInt('ignoredHeads', {
      description: 'Messages among the latest on the topic of heads that do not count.',
    }),
  }),
})

builder.queryField('auditVerification', (t) =>
  t.field({
    type: AuditVerification,
    nullable: true,
    description:
      'Checks whether the audit is whole: each event follows the one before by its hash, and the published heads are in the chain. ' +
      `It reads at most ${limits.auditEvents} events of the primary; \`after\` goes on from there. A request may ask once.`,
    // More than half of what a request may cost: it reads tens of megabytes.
    complexity: { field: Math.ceil((limits.complexity + 1) / 2), multiplier: 1 },
    extensions: { expensive: true, ...needs('audit') },
    args: {
      after: t.arg({
        type: 'BigInt',
        description:
          'Begin after the event with this number, whose hash is believed; default: the whole chain.',
      }),
      first: t.arg.int({
        description: `How many events, at most ${limits.auditEvents}, which is the default.`,
      }),
    },
    resolve: (_, args, context) => {
      const limit = args.first ?? limits.auditEvents
      if (limit < 1 || limit > limits.auditEvents)
        throw new InvalidArgumentError(`first must be from 1 to ${limits.auditEvents}`, 'first')
      const after = args.after ?? 0n
      if (after < 0n || after > BigInt(Number.MAX_SAFE_INTEGER))
        throw new InvalidArgumentError('after must be the number of an event', 'after')
      return context.verifyAudit({ after: Number(after), limit })
    },
  }),
)

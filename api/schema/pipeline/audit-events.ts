import {
  type AuditEventRow,
  countAuditEvents,
  keyOfAuditEvent,
  readAuditEvent,
  readAuditEvents,
} from '../../../db/read/ledger/audit-events.ts'
import { type AuditActor, auditKinds } from '../../../domain/audit/audit-event.ts'
import { needs } from '../../context/permission.ts'
import { connectionComplexity, readConnection } from '../../questions/connection.ts'
import { builder } from '../builder.ts'
import { capitals } from '../fields/enum-values.ts'
import { ControlResultEnum } from '../fields/pipeline-enums.ts'
import { TimeRangeInput, timeRange } from '../fields/time-range.ts'

const AuditKindEnum = builder.enumType('AuditKind', {
  description: 'What an event of the audit is about.',
  values: capitals({
    ...auditKinds,
    unknown: 'What this version does not know, of a newer one: `body` has it. No filter finds it.',
  }),
})

const Actor = builder.objectRef<AuditActor>('AuditActor').implement({
  extensions: needs('audit'),
  description: 'Who did something, and answers for it.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'What people call it; names are not unique.' }),
    subject: t.exposeString('subject', { description: 'What its issuer knows it by.' }),
    issuer: t.exposeString('issuer', { nullable: true, description: 'Who vouches for it; null: nobody.' }),
    isVerified: t.exposeBoolean('verified', {
      description: 'Whether it was proven; if not, its sender chose name and subject.',
    }),
  }),
})

const AuditEvent = builder.node(builder.objectRef<AuditEventRow>('AuditEvent'), {
  extensions: needs('audit'),
  id: { resolve: ({ seq }) => String(seq) },
  loadOne: (id: string, context) => context.read((session) => readAuditEvent(session, BigInt(id))),
  description: 'An event of the audit, and its place in the chain that auditVerification checks.',
  fields: (t) => ({
    number: t.expose('seq', {
      type: 'BigInt',
      description: 'Its place in the chain, from 1 on without gaps.',
    }),
    auditId: t.string({
      description: 'Id of the event; of a command that of the command. Others may have the same.',
      resolve: ({ event }) => event.id,
    }),
    kind: t.field({
      type: AuditKindEnum,
      description: 'What it is about.',
      resolve: ({ event }) => (Object.hasOwn(auditKinds, event.kind) ? event.kind : 'unknown'),
    }),
    happenedAt: t.field({
      type: 'DateTime',
      description: 'When it happened, by the clock of the process that recorded it.',
      resolve: ({ event }) => new Date(event.at),
    }),
    actor: t.field({
      type: Actor,
      nullable: true,
      description: 'Who did it; null: Rollcall itself, by schedule or configuration.',
      resolve: ({ event }) => event.actor,
    }),
    result: t.field({
      type: ControlResultEnum,
      description: 'How it ended.',
      resolve: ({ event }) => event.result,
    }),
    detail: t.field({
      type: 'JSON',
      description: 'Further facts, as docs/audit.md lists them by kind. Persons are in it as pseudonyms.',
      resolve: ({ event }) => event.detail,
    }),
    body: t.exposeString('body', { description: 'The event as it was hashed: canonical JSON (RFC 8785).' }),
    hash: t.exposeString('hash', {
      description:
        'SHA-256, in hex, of the hash of the event before (64 zeros for the first) followed by body.',
    }),
  }),
})

const AuditEventFilterInput = builder.inputType('AuditEventFilter', {
  description: 'Which events to list; all conditions must hold. Example: {kinds: [SIGN_IN]}.',
  fields: (t) => ({
    auditId: t.string({ description: 'Only those with this id.' }),
    kinds: t.field({ type: [AuditKindEnum], description: 'Any of these kinds.' }),
    happenedAt: t.field({ type: TimeRangeInput, description: 'When they happened.' }),
  }),
})

builder.queryField('auditEvents', (t) =>
  t.connection(
    {
      extensions: needs('audit'),
      type: AuditEvent,
      nullable: true,
      description:
        'The audit: commands (controlEvents), sign-ins, tokens, settings and all else that is answered for, latest first.',
      complexity: connectionComplexity,
      args: { filter: t.arg({ type: AuditEventFilterInput, description: 'Which events; default: all.' }) },
      resolve: (_, args, context) => {
        const { auditId = null, happenedAt } = args.filter ?? {}
        const kinds = args.filter?.kinds?.filter((kind) => kind !== 'unknown') ?? null
        const filter = { id: auditId, kinds, happened: timeRange(happenedAt) }
        return readConnection(context, args, {
          list: 'auditEvents',
          keyOf: keyOfAuditEvent,
          read: (session, page) => readAuditEvents(session, filter, page),
          count: (session, limit) => countAuditEvents(session, filter, limit),
        })
      },
    },
    { name: 'AuditEventConnection', description: 'A page of the audit.' },
    { name: 'AuditEventEdge', description: 'An event and its place in the list.' },
  ),
)

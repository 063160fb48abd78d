import {
  countMatchingDiscrepancies,
  type DiscrepancyRow,
  keyOfDiscrepancy,
  readDiscrepancy,
  readDiscrepancies,
} from '../../../db/read/ledger/discrepancies.ts'
import { needs } from '../../context/permission.ts'
import { builder } from '../builder.ts'
import { connectionComplexity, readConnection } from '../../questions/connection.ts'
import { DiscrepancyKindEnum } from '../fields/pipeline-enums.ts'
import { freshnessField } from '../fields/freshness.ts'
import { TimeRangeInput, timeRange } from '../fields/time-range.ts'

const Discrepancy = builder.node(builder.objectRef<DiscrepancyRow>('Discrepancy'), {
  extensions: needs('reconciliation'),
  id: { resolve: ({ id }) => String(id) },
  loadOne: (id: string, context) => context.read((session) => readDiscrepancy(session, BigInt(id))),
  description:
    'Two tables that should say the same and do not: one discrepancy for as long as it lasts, found by the schedule.',
  fields: (t) => ({
    raisedAt: t.expose('raised_at', { type: 'DateTime', description: 'When it was first seen.' }),
    clearedAt: t.expose('cleared_at', {
      type: 'DateTime',
      nullable: true,
      description: 'When a later check found it gone; null while it is open.',
    }),
    kind: t.expose('kind', { type: DiscrepancyKindEnum, description: 'Which two tables differ.' }),
    topic: t.exposeString('topic', { description: 'Topic it is about.' }),
    partition: t.exposeInt('partition', {
      nullable: true,
      description: 'The partition concerned; null when it is not about a single one.',
    }),
    subject: t.exposeString('subject', { description: 'What it is about, for people to read.' }),
    detail: t.expose('detail', {
      type: 'JSON',
      description: 'Further facts, such as what was expected and what was found when it was first seen.',
    }),
  }),
})

const DiscrepancyFilterInput = builder.inputType('DiscrepancyFilter', {
  description: 'Which discrepancies to list; all conditions must hold. Example: {isOpen: true}.',
  fields: (t) => ({
    isOpen: t.boolean({ description: 'True: only open ones; false: only cleared ones.' }),
    kinds: t.field({ type: [DiscrepancyKindEnum], description: 'Any of these kinds.' }),
    partitions: t.intList({ description: 'Any of these partitions.' }),
    raisedAt: t.field({ type: TimeRangeInput, description: 'When they were raised.' }),
  }),
})

builder.queryField('discrepancies', (t) =>
  t.connection(
    {
      extensions: needs('reconciliation'),
      type: Discrepancy,
      nullable: true,
      description: 'What the reconciliations of the schedule found to differ, most recently raised first.',
      complexity: connectionComplexity,
      args: {
        topic: t.arg.string({
          description: 'Topic of the discrepancies; default: the one that is counted.',
        }),
        filter: t.arg({ type: DiscrepancyFilterInput, description: 'Which discrepancies; default: all.' }),
      },
      resolve: (_, args, context) => {
        const topic = args.topic ?? context.topic
        const filter = discrepancyFilter(args.filter)
        return readConnection(context, args, {
          list: 'discrepancies',
          keyOf: keyOfDiscrepancy,
          read: (session, page) => readDiscrepancies(session, topic, filter, page),
          count: (session, limit) => countMatchingDiscrepancies(session, topic, filter, limit),
        })
      },
    },
    {
      name: 'DiscrepancyConnection',
      description: 'A page of discrepancies.',
      fields: (c) => ({ freshness: c.field(freshnessField) }),
    },
    { name: 'DiscrepancyEdge', description: 'A discrepancy and its place in the list.' },
  ),
)

const discrepancyFilter = (input: typeof DiscrepancyFilterInput.$inferInput | null | undefined) => ({
  isOpen: input?.isOpen ?? null,
  kinds: input?.kinds ?? null,
  partitions: input?.partitions ?? null,
  raised: timeRange(input?.raisedAt),
})

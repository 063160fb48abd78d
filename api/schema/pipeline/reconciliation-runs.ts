import {
  countReconciliationRuns,
  keyOfRun,
  readReconciliationRun,
  readReconciliationRuns,
  type ReconciliationRunRow,
} from '../../../db/read/reconciliation/reconciliation-runs.ts'
import { needs } from '../../context/permission.ts'
import { builder } from '../builder.ts'
import { connectionComplexity, readConnection } from '../../questions/connection.ts'
import { freshnessField } from '../fields/freshness.ts'

const ReconciliationRun = builder.node(builder.objectRef<ReconciliationRunRow>('ReconciliationRun'), {
  extensions: needs('reconciliation'),
  id: { resolve: ({ id }) => String(id) },
  loadOne: (id: string, context) => context.read((session) => readReconciliationRun(session, BigInt(id))),
  description:
    'A reconciliation by the schedule: of what is new since the one before, and of open discrepancies.',
  fields: (t) => ({
    startedAt: t.expose('started_at', { type: 'DateTime', description: 'When it began.' }),
    finishedAt: t.expose('finished_at', { type: 'DateTime', description: 'When it was done.' }),
    coveredTo: t.expose('covered_to', {
      type: 'DateTime',
      description:
        'Batches that were written or changed before it have been compared; before startedAt when more was new than one ' +
        'run takes.',
    }),
    batchCount: t.exposeInt('batches', { description: 'Batches that were compared.' }),
    expiredBatchCount: t.exposeInt('expired', {
      description:
        'Batches whose rows of attempts could not be compared, because some of their days are past retention.',
    }),
    discrepancyCount: t.exposeInt('differences', {
      description: 'Discrepancies that were found, those that are open since an earlier run included.',
    }),
    newDiscrepancyCount: t.exposeInt('raised', {
      description: 'Those that no earlier run had found (discrepancies).',
    }),
  }),
})

builder.queryField('reconciliationRuns', (t) =>
  t.connection(
    {
      extensions: needs('reconciliation'),
      type: ReconciliationRun,
      nullable: true,
      description: 'What the schedule has reconciled, latest first.',
      complexity: connectionComplexity,
      args: {
        topic: t.arg.string({ description: 'Topic of the batches; default: the one that is counted.' }),
      },
      resolve: (_, args, context) => {
        const topic = args.topic ?? context.topic
        return readConnection(context, args, {
          list: 'reconciliationRuns',
          keyOf: keyOfRun,
          read: (session, page) => readReconciliationRuns(session, topic, page),
          count: (session, limit) => countReconciliationRuns(session, topic, limit),
        })
      },
    },
    {
      name: 'ReconciliationRunConnection',
      description: 'A page of reconciliations.',
      fields: (c) => ({ freshness: c.field(freshnessField) }),
    },
    { name: 'ReconciliationRunEdge', description: 'A reconciliation and its place in the list.' },
  ),
)

import {
  keyOfRun,
  readReconciliationRuns,
  type ReconciliationRunRow,
} from '../../../db/read/reconciliation/reconciliation-runs.ts'
import { builder } from '../builder.ts'
import { InvalidPageError, PageTooLargeError } from '../../context/errors.ts'
import { connectionComplexity, readConnection } from '../../questions/connection.ts'
import { freshnessField } from '../fields/freshness.ts'

const ReconciliationRun = builder.objectRef<ReconciliationRunRow>('ReconciliationRun').implement({
  description: 'A reconciliation by the schedule: of what is new since the one before, and of open alerts.',
  fields: (t) => ({
    startedAt: t.expose('started_at', { type: 'DateTime', description: 'When it began.' }),
    finishedAt: t.expose('finished_at', { type: 'DateTime', description: 'When it was done.' }),
    coveredTo: t.expose('covered_to', {
      type: 'DateTime',
      description:
        'Batches that were written or changed before it have been compared; before startedAt when more was new than one ' +
        'run takes.',
    }),
    batches: t.exposeInt('batches', { description: 'Batches that were compared.' }),
    expiredBatches: t.exposeInt('expired', {
      description:
        'Batches whose login rows could not be compared, because some of their days are past retention.',
    }),
    differences: t.exposeInt('differences', {
      description: 'Differences that were found, those with an open alert included.',
    }),
    raised: t.exposeInt('raised', { description: 'Alerts that it raised (alerts).' }),
  }),
})

builder.queryField('reconciliationRuns', (t) =>
  t.connection(
    {
      type: ReconciliationRun,
      nullable: true,
      errors: {
        types: [PageTooLargeError, InvalidPageError],
        union: { description: 'A page of reconciliations, or why not.' },
      },
      description: 'What the schedule has reconciled, latest first.',
      complexity: connectionComplexity,
      args: {
        topic: t.arg.string({ description: 'Topic of the batches; left out: the one that is counted.' }),
      },
      resolve: (_, args, context) =>
        readConnection('reconciliationRuns', args, keyOfRun, (page) =>
          context.read((session) => readReconciliationRuns(session, args.topic ?? context.topic, page)),
        ),
    },
    {
      name: 'ReconciliationRunConnection',
      description: 'A page of reconciliations.',
      fields: (c) => ({ freshness: c.field(freshnessField) }),
    },
    { name: 'ReconciliationRunEdge', description: 'A reconciliation and its place in the list.' },
  ),
)

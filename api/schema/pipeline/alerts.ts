import { type AlertRow, keyOfAlert, readAlerts } from '../../../db/read/ledger/alerts.ts'
import { builder } from '../builder.ts'
import { InvalidPageError, PageTooLargeError } from '../../context/errors.ts'
import { connectionComplexity, readConnection } from '../../questions/connection.ts'
import { freshnessField } from '../fields/freshness.ts'
import { TimeRangeInput, timeRange } from '../fields/time-range.ts'

const Alert = builder.objectRef<AlertRow>('Alert').implement({
  description: 'Something that somebody should look at, once for as long as it lasts.',
  fields: (t) => ({
    id: t.expose('id', { type: 'Offset', description: 'Id of the alert.' }),
    raisedAt: t.expose('raised_at', { type: 'DateTime', description: 'When it was first seen.' }),
    clearedAt: t.expose('cleared_at', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was looked at again and all was well; null: it is open.',
    }),
    kind: t.exposeString('kind', {
      description: 'What it is about; of a reconciliation the kind of the difference, such as minute_count.',
    }),
    topic: t.exposeString('topic', { description: 'Topic it is about.' }),
    partition: t.exposeInt('partition', {
      nullable: true,
      description: 'Partition it is about; null: of no one partition.',
    }),
    subject: t.exposeString('subject', { description: 'What it is about, for people to read.' }),
    detail: t.expose('detail', {
      type: 'JSON',
      description:
        'What is known besides; of a difference what was expected and found when it was first seen.',
    }),
  }),
})

const AlertFilterInput = builder.inputType('AlertFilter', {
  description: 'Which alerts to list; conditions hold together.',
  fields: (t) => ({
    open: t.boolean({ description: 'True: only open ones; false: only cleared ones.' }),
    kinds: t.stringList({ description: 'Any of these kinds.' }),
    partition: t.int({ description: 'Only this partition.' }),
    raised: t.field({ type: TimeRangeInput, description: 'When they were raised.' }),
  }),
})

builder.queryField('alerts', (t) =>
  t.connection(
    {
      type: Alert,
      nullable: true,
      errors: {
        types: [PageTooLargeError, InvalidPageError],
        union: { description: 'A page of alerts, or why not.' },
      },
      description: 'What somebody should look at, latest raised first.',
      complexity: connectionComplexity,
      args: {
        topic: t.arg.string({ description: 'Topic of the alerts; left out: the one that is counted.' }),
        filter: t.arg({ type: AlertFilterInput, description: 'Which alerts; left out: all.' }),
      },
      resolve: (_, args, context) =>
        readConnection('alerts', args, keyOfAlert, (page) =>
          context.read((session) =>
            readAlerts(session, args.topic ?? context.topic, alertFilter(args.filter), page),
          ),
        ),
    },
    {
      name: 'AlertConnection',
      description: 'A page of alerts.',
      fields: (c) => ({ freshness: c.field(freshnessField) }),
    },
    { name: 'AlertEdge', description: 'An alert and its place in the list.' },
  ),
)

const alertFilter = (input: typeof AlertFilterInput.$inferInput | null | undefined) => ({
  isOpen: input?.open ?? null,
  kinds: input?.kinds ?? null,
  partition: input?.partition ?? null,
  raised: timeRange(input?.raised),
})

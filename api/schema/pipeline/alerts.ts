import { type AlertRow, keyOfAlert, readAlerts } from '../../../db/read/ledger/alerts.ts'
import { builder } from '../builder.ts'
import { InvalidPageError, PageTooLargeError } from '../../context/errors.ts'
import { connectionComplexity, readConnection } from '../../questions/connection.ts'
import { freshnessField } from '../fields/freshness.ts'
import { TimeRangeInput, timeRange } from '../fields/time-range.ts'

const Alert = builder.objectRef<AlertRow>('Alert').implement({
  description: 'A problem that needs an operator: one alert for as long as it lasts.',
  fields: (t) => ({
    id: t.expose('id', { type: 'Offset', description: 'Id of the alert.' }),
    raisedAt: t.expose('raised_at', { type: 'DateTime', description: 'When it was first seen.' }),
    clearedAt: t.expose('cleared_at', {
      type: 'DateTime',
      nullable: true,
      description: 'When a later check found the problem gone; null while the alert is open.',
    }),
    kind: t.exposeString('kind', {
      description:
        'Kind of problem. For an alert of a reconciliation: the kind of difference, such as minute_count.',
    }),
    topic: t.exposeString('topic', { description: 'Topic it is about.' }),
    partition: t.exposeInt('partition', {
      nullable: true,
      description: 'The partition concerned; null when it is not about a single one.',
    }),
    subject: t.exposeString('subject', { description: 'What it is about, for people to read.' }),
    detail: t.expose('detail', {
      type: 'JSON',
      description:
        'Further facts. For a difference: what was expected and what was found when it was first seen.',
    }),
  }),
})

const AlertFilterInput = builder.inputType('AlertFilter', {
  description: 'Which alerts to list; all conditions must hold.',
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
      description: 'Problems that need an operator, most recently raised first.',
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

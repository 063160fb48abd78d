import { type InsightRow, keyOfInsight, readInsights } from '../../../db/read/rows/insights.ts'
import { builder } from '../builder.ts'
import { InvalidPageError, PageTooLargeError } from '../../context/errors.ts'
import { connectionComplexity, readConnection } from '../../questions/connection.ts'
import { freshnessField } from '../fields/freshness.ts'
import { TimeRangeInput, timeRange } from '../fields/time-range.ts'

type Ranked = { value: string; logins: number }

const InsightCount = builder.objectRef<Ranked>('InsightCount').implement({
  description: 'A value and how many logins of an insight have it.',
  fields: (t) => ({
    value: t.exposeString('value', { description: 'The value: a device type, a locale, a user id.' }),
    logins: t.exposeInt('logins', { description: 'Logins of the insight with it.' }),
  }),
})

const ranked = (locations: { locale: string; logins: number }[]): Ranked[] =>
  locations.map(({ locale, logins }) => ({ value: locale, logins }))

const Insight = builder.objectRef<InsightRow>('Insight').implement({
  description:
    'Statistics of INSIGHT_SIZE consecutive logins of a partition, as they were published. Logins that were ' +
    'replayed later are in no insight.',
  fields: (t) => ({
    partition: t.exposeInt('partition', { description: 'Their partition.' }),
    fromOffset: t.expose('first_offset', { type: 'Offset', description: 'Offset of the first of them.' }),
    toOffset: t.field({
      type: 'Offset',
      description: 'Offset after the last of them.',
      resolve: ({ last_offset }) => last_offset + 1n,
    }),
    batchId: t.expose('batch_id', { type: 'Offset', description: 'The batch that completed it (batch).' }),
    logins: t.int({ description: 'How many logins it is of.', resolve: ({ body }) => body.batch_size }),
    firstEventAt: t.field({
      type: 'DateTime',
      description: 'Earliest event of them, to the second.',
      resolve: ({ body }) => new Date(body.start_time * 1000),
    }),
    lastEventAt: t.field({
      type: 'DateTime',
      description: 'Latest event of them, to the second.',
      resolve: ({ body }) => new Date(body.end_time * 1000),
    }),
    deviceTypes: t.field({
      type: [InsightCount],
      description: 'Logins by device type.',
      resolve: ({ body }) =>
        Object.entries(body.device_type_aggregation).map(([value, logins]) => ({ value, logins })),
    }),
    topLocales: t.field({
      type: [InsightCount],
      description: 'The 10 locales with the most logins.',
      resolve: ({ body }) => ranked(body.top_10_locations),
    }),
    bottomLocales: t.field({
      type: [InsightCount],
      description: 'The 5 locales with the fewest logins, fewest first.',
      resolve: ({ body }) => ranked(body.bottom_5_locations),
    }),
    topUsers: t.field({
      type: [InsightCount],
      description: 'The 5 users with the most logins.',
      resolve: ({ body }) => body.top_5_users.map(({ user_id, logins }) => ({ value: user_id, logins })),
    }),
  }),
})

const InsightFilterInput = builder.inputType('InsightFilter', {
  description: 'Which insights to list; all conditions must hold.',
  fields: (t) => ({
    partition: t.int({ description: 'Only this partition.' }),
    written: t.field({ type: TimeRangeInput, description: 'When they were written.' }),
  }),
})

builder.queryField('insights', (t) =>
  t.connection(
    {
      type: Insight,
      nullable: true,
      errors: {
        types: [PageTooLargeError, InvalidPageError],
        union: { description: 'A page of insights, or why not.' },
      },
      description: 'The insights that were published, latest first.',
      complexity: connectionComplexity,
      args: { filter: t.arg({ type: InsightFilterInput, description: 'Which insights; left out: all.' }) },
      resolve: (_, args, context) =>
        readConnection('insights', args, keyOfInsight, (page) =>
          context.read((session) =>
            readInsights(
              session,
              context.topic,
              { partition: args.filter?.partition ?? null, written: timeRange(args.filter?.written) },
              page,
            ),
          ),
        ),
    },
    {
      name: 'InsightConnection',
      description: 'A page of insights.',
      fields: (c) => ({ freshness: c.field(freshnessField) }),
    },
    { name: 'InsightEdge', description: 'An insight and its place in the list.' },
  ),
)

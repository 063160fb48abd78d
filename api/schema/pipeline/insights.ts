import {
  countInsights,
  type InsightRow,
  keyOfInsight,
  readInsight,
  readInsights,
} from '../../../db/read/rows/insights.ts'
import { nodeKey, numbersOf } from '../../context/global-id.ts'
import { needs } from '../../context/permission.ts'
import { builder } from '../builder.ts'
import { valueText } from '../../../domain/measures/group-dimension.ts'
import { connectionComplexity, readConnection } from '../../questions/connection.ts'
import { freshnessField } from '../fields/freshness.ts'
import { TimeRangeInput, timeRange } from '../fields/time-range.ts'

type Ranked = { value: string; logins: number }

const InsightCount = builder.objectRef<Ranked>('InsightCount').implement({
  extensions: needs('figures'),
  description: 'A value and how many attempts of an insight have it.',
  fields: (t) => ({
    value: t.exposeString('value', {
      description: 'The value: a device type such as IOS, a locale, a user id.',
    }),
    attempts: t.exposeInt('logins', { description: 'Attempts of the insight with it.' }),
  }),
})

const ranked = (locations: { locale: string; logins: number }[]): Ranked[] =>
  locations.map(({ locale, logins }) => ({ value: locale, logins }))

const Insight = builder.node(builder.objectRef<InsightRow>('Insight'), {
  extensions: needs('figures'),
  id: { resolve: (row) => nodeKey(row.batch_id, row.first_offset) },
  loadOne: (id: string, context) => {
    const [batchId = 0n, offset = 0n] = numbersOf(id)
    return context.read((session) => readInsight(session, batchId, offset))
  },
  description:
    'Statistics of INSIGHT_SIZE consecutive attempts of a partition, as they were published. Attempts that were ' +
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
    attempts: t.int({ description: 'How many attempts it is of.', resolve: ({ body }) => body.batch_size }),
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
      description: 'Attempts by device type.',
      resolve: ({ body }) =>
        Object.entries(body.device_type_aggregation).map(([stored, logins]) => ({
          value: valueText('device_type', stored),
          logins,
        })),
    }),
    topLocales: t.field({
      type: [InsightCount],
      description: 'The 10 locales with the most attempts.',
      resolve: ({ body }) => ranked(body.top_10_locations),
    }),
    bottomLocales: t.field({
      type: [InsightCount],
      description: 'The 5 locales with the fewest attempts, fewest first.',
      resolve: ({ body }) => ranked(body.bottom_5_locations),
    }),
    topUsers: t.field({
      extensions: needs('persons', 'ranked users'),
      type: [InsightCount],
      description: 'The 5 users with the most attempts.',
      resolve: ({ body }) => body.top_5_users.map(({ user_id, logins }) => ({ value: user_id, logins })),
    }),
  }),
})

const InsightFilterInput = builder.inputType('InsightFilter', {
  description:
    'Which insights to list; all conditions must hold. Example: {partitions: [0], writtenAt: {from: "2026-11-01"}}.',
  fields: (t) => ({
    partitions: t.intList({ description: 'Any of these partitions.' }),
    writtenAt: t.field({ type: TimeRangeInput, description: 'When they were written.' }),
  }),
})

builder.queryField('insights', (t) =>
  t.connection(
    {
      extensions: needs('figures'),
      type: Insight,
      nullable: true,
      description: 'The insights that were published, latest first.',
      complexity: connectionComplexity,
      args: { filter: t.arg({ type: InsightFilterInput, description: 'Which insights; default: all.' }) },
      resolve: (_, args, context) => {
        const { topic } = context
        const filter = {
          partitions: args.filter?.partitions ?? null,
          written: timeRange(args.filter?.writtenAt),
        }
        return readConnection(context, args, {
          list: 'insights',
          keyOf: keyOfInsight,
          read: (session, page) => readInsights(session, topic, filter, page),
          count: (session, limit) => countInsights(session, topic, filter, limit),
        })
      },
    },
    {
      name: 'InsightConnection',
      description: 'A page of insights.',
      fields: (c) => ({ freshness: c.field(freshnessField) }),
    },
    { name: 'InsightEdge', description: 'An insight and its place in the list.' },
  ),
)

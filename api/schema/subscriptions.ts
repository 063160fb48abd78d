import { type GraphQLFieldConfigMap, GraphQLObjectType, GraphQLSchema } from 'graphql'

/** The questions that can be asked as subscriptions: every series, the head of every list, and ingestion. */
const LIVE = [
  'arrivals',
  'attempts',
  'batches',
  'controlEvents',
  'discrepancies',
  'ingestion',
  'insights',
  'measures',
  'reconciliationRuns',
  'rejectedRecords',
  'retention',
]
/** Arguments of pages other than the head of a list, which is all that a subscription follows. */
const OTHER_PAGES = ['after', 'before', 'last']

/**
 * Adds the subscriptions. They are the questions' own fields, because a subscription is its question, asked
 * again (api/live/).
 */
export function withSubscriptions(schema: GraphQLSchema): GraphQLSchema {
  const config = schema.toConfig()
  const questions = config.query?.toConfig().fields ?? {}
  const subscription = new GraphQLObjectType({
    name: 'Subscription',
    description:
      'Questions whose answers are kept up to date: each event has the whole answer, sent when it has changed, at most once a second.',
    fields: Object.fromEntries(LIVE.map((name) => [name, headOf(questions, name)])),
  })
  return new GraphQLSchema({ ...config, subscription })
}

type Fields = GraphQLFieldConfigMap<unknown, unknown>

function headOf(questions: Fields, name: string): Fields[string] {
  const field = questions[name]
  if (field === undefined) throw new Error(`there is no question ${name} that could be live`)
  const { args = {}, type, description, extensions } = field
  const head = Object.entries(args).filter(([arg]) => !OTHER_PAGES.includes(arg))
  return { type, description, extensions, args: Object.fromEntries(head) }
}

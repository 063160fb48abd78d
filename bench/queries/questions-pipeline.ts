import { before, DAY, error, freshness, HOUR, pick, type Question, range, states } from './question.ts'

const lineage = (size: string) => `query ($bucket: DateTime!, $filter: LoginFilter) {
  answer: lineage(bucket: $bucket, size: ${size}, filter: $filter) {
    __typename
    ... on Lineage { logins contributions { batchId partition fromOffset toOffset logins countedAt } ${freshness} }
    ${error}
  }
}`

/** Where counts come from, and what the pipeline says of itself. */
export const pipelineQuestions: Question[] = [
  {
    name: 'lineage of a minute',
    query: lineage('MINUTE'),
    variables: (time) => ({ bucket: before(DAY + time) }),
  },
  {
    name: 'lineage of an hour, of a state',
    query: lineage('HOUR'),
    variables: (time) => ({
      bucket: before(DAY + time * HOUR),
      filter: { locales: [pick(states, time)] },
    }),
  },
  {
    name: 'what became of an offset',
    query: `query ($offset: Offset!) {
      answer: offsetFate(partition: 2, offset: $offset) {
        __typename
        ... on OffsetFate { logs { fate batch { id } login { eventAt userId deviceType locale outcome } } ${freshness} }
        ${error}
      }
    }`,
    variables: (time, { logins }) => ({ offset: Math.floor(logins / 8) + time }),
  },
  {
    name: 'reconciliation of an hour',
    query: `query ($committed: TimeRange!) {
      answer: reconciliation(committed: $committed) {
        __typename
        ... on Reconciliation { agrees batches differences { kind subject expected found } ${freshness} }
        ${error}
      }
    }`,
    variables: (time) => ({ committed: range(HOUR, 12 * HOUR + time) }),
  },
  {
    name: 'insights of a partition and an hour, a page',
    query: `query ($filter: InsightFilter) {
      answer: insights(first: 50, filter: $filter) {
        __typename
        ... on InsightConnection {
          edges { node { fromOffset toOffset logins deviceTypes { value logins } topLocales { value logins } topUsers { value } } }
          ${freshness}
        }
        ${error}
      }
    }`,
    variables: (time) => ({ filter: { partition: time % 4, written: range(HOUR, time * HOUR) } }),
  },
  {
    name: 'ingestion',
    query: `{ answer: ingestion {
      __typename
      ... on Ingestion { state lag partitions { partition checkpoint endOffset lag logins rejects watermark } ${freshness} }
    } }`,
    variables: () => ({}),
  },
  {
    name: 'alerts, audit and reconciliations, a page each',
    query: `{
      alerts(first: 50) { __typename ... on AlertConnection { edges { node { id kind raisedAt subject } } } ${error} }
      controlEvents(first: 50) {
        __typename ... on ControlEventConnection { edges { node { commandId command actor requestedAt } } } ${error}
      }
      reconciliationRuns(first: 50) {
        __typename ... on ReconciliationRunConnection { edges { node { startedAt differences } } } ${error}
      }
    }`,
    variables: () => ({}),
  },
]

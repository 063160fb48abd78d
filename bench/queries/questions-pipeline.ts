import { before, DAY, error, freshness, HOUR, pick, type Question, range, states } from './question.ts'

const lineage = (size: string) => `query ($bucket: DateTime!, $filter: LoginFilter) {
  answer: lineage(bucket: $bucket, size: ${size}, filter: $filter) {
    __typename
    ... on Lineage { logins contributions { batchId partition fromOffset toOffset logins countedAt } ${freshness} }
    ${error}
  }
}`

/** Questions about where counts come from and whether they agree. */
export const pipelineQuestions: Question[] = [
  {
    name: 'lineage of an hour, of a state',
    query: lineage('HOUR'),
    variables: (time) => ({
      bucket: before(DAY + time * HOUR),
      filter: { locales: [pick(states, time)] },
    }),
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
]

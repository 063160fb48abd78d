import { DAY, freshness, HOUR, pick, type Question, range, states } from './question.ts'

const lineage = `query ($from: Moment!, $to: Moment!, $filter: AttemptFilter) {
  answer: lineage(from: $from, to: $to, filter: $filter) {
    attempts contributions { batchId partition fromOffset toOffset attempts committedAt } ${freshness}
  }
}`

/** Questions about where counts come from and whether they agree. */
export const pipelineQuestions: Question[] = [
  {
    name: 'lineage of an hour, of a state',
    query: lineage,
    variables: (time) => ({
      ...range(HOUR, DAY + (time - 1) * HOUR),
      filter: { locale: { in: [pick(states, time)] } },
    }),
  },
  {
    name: 'reconciliation of an hour',
    query: `query ($committed: TimeRange!) {
      answer: reconciliation(committedAt: $committed) {
        isConsistent batchCount discrepancies { kind subject expected found } ${freshness}
      }
    }`,
    variables: (time) => ({ committed: range(HOUR, 12 * HOUR + time) }),
  },
]

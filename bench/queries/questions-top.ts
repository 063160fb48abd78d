import { DAY, freshness, HOUR, type Question, range } from './question.ts'

const topVersions = `
  query ($from: Moment, $to: Moment, $filter: AttemptFilter) {
    answer: measures(from: $from, to: $to, filter: $filter, groupBy: [APP_VERSION], orderBy: { measure: ATTEMPTS }, first: 10,
                     compareTo: [{ span: PREVIOUS }]) {
      total { attempts } groupCount groups { values attempts share(measure: ATTEMPTS) compared { attempts } }
      other { groupCount attempts share(measure: ATTEMPTS) } ${freshness}
    }
  }`

/** Questions for the most frequent values of a dimension. */
export const topQuestions: Question[] = [
  {
    name: 'top versions of a year, of a region and failures',
    query: topVersions,
    variables: (time, { days }) => ({
      ...range(days * DAY, time * HOUR),
      filter: { usRegion: { in: ['WEST'] }, outcome: { in: ['FAILURE'] } },
    }),
  },
]

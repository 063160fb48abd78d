import { measuresQuery } from './measures-query.ts'
import { DAY, HOUR, pick, type Question, range, states, zones } from './question.ts'

const countsOfVersions = measuresQuery(
  'Versions',
  ', bucket: DAY, groupBy: [APP_VERSION], orderBy: {measure: LOGINS}, first: 5',
  'total { logins } groups { values logins share lastSeenAt points { logins failureRate } } other { logins }',
)
const failuresOfStates = measuresQuery(
  'States',
  ', bucket: HOUR, groupBy: [LOCALE]',
  'groups { values failures series(measure: FAILURE_RATE) }',
)
const weeksBeside = measuresQuery(
  'Weeks',
  ', bucket: HOUR, compareTo: [{daysBefore: 7}, {daysBefore: 14}, {daysBefore: 21}, {daysBefore: 28}]',
  'total { logins compared { logins } } points { start logins compared { logins } }',
)
const weekHours = measuresQuery(
  'WeekHours',
  ', groupBy: [WEEKDAY, HOUR_OF_DAY]',
  'groups { values failureRate elapsedMinutes }',
)

/** Questions for any measure by anything, but for people. */
export const measureQuestions: Question[] = [
  {
    name: 'measures: five versions and the others, days of a year in a zone',
    query: countsOfVersions,
    variables: (time, { days }) => ({ ...range((days - 2) * DAY, time * HOUR), timeZone: pick(zones, time) }),
  },
  {
    name: 'measures: failure rates of states, hours of a day',
    query: failuresOfStates,
    variables: (time) => range(DAY, time * HOUR),
  },
  {
    name: 'measures: a day beside the same days of four weeks before',
    query: weeksBeside,
    variables: (time) => range(DAY, time * HOUR),
  },
  {
    name: 'measures: when in the week logins of a state fail, a year in a zone',
    query: weekHours,
    variables: (time, { days }) => ({
      ...range((days - 2) * DAY, time * HOUR),
      timeZone: pick(zones, time),
      filter: { locale: { in: [pick(states, time)] } },
    }),
  },
]

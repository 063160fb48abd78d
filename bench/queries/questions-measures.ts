import { memberId } from '../history/history-logins.ts'
import { DAY, HOUR, pick, type Question, range, states, zones } from './question.ts'

const measures = (name: string, more: string, selection: string): string => `
  query ${name}($from: Moment, $to: Moment, $timeZone: String, $filter: AttemptFilter) {
    answer: measures(from: $from, to: $to, timeZone: $timeZone, filter: $filter${more}) {
      ${selection} freshness { databaseRole watermark lag isComplete }
    }
  }`
const countsOfVersions = measures(
  'Versions',
  ', bucket: DAY, groupBy: [APP_VERSION], orderBy: {measure: LOGINS}, first: 5',
  'total { logins } groups { values logins share lastSeenAt points { logins failureRate } } other { logins }',
)
const failuresOfStates = measures(
  'States',
  ', bucket: HOUR, groupBy: [LOCALE]',
  'groups { values failures series(measure: FAILURE_RATE) }',
)
const weeksBeside = measures(
  'Weeks',
  ', bucket: HOUR, compareTo: [{daysBefore: 7}, {daysBefore: 14}, {daysBefore: 21}, {daysBefore: 28}]',
  'total { logins compared { logins } } points { start logins compared { logins } }',
)
const weekHours = measures(
  'WeekHours',
  ', groupBy: [WEEKDAY, HOUR_OF_DAY]',
  'groups { values failureRate elapsedMinutes }',
)

const usersOfDays = measures('Users', ', bucket: DAY', 'total { users } points { start users logins }')
const usersOfVersions = measures(
  'UsersOfVersions',
  ', groupBy: [APP_VERSION], orderBy: {measure: USERS}, first: 5',
  'total { users } groups { values users share(measure: USERS) } other { users }',
)
const usersOfStates = measures(
  'UsersOfStates',
  ', groupBy: [LOCALE, DEVICE_TYPE]',
  'groups { values users devices }',
)
const failingAddresses = measures(
  'Addresses',
  ', groupBy: [ADDRESS], attempts: FAILURES, orderBy: {measure: FAILURES}, first: 20',
  'groups { values failures attempts users } other { groupCount failures }',
)
const hoursOfUser = measures(
  'HoursOfUser',
  ', groupBy: [HOUR_OF_DAY]',
  'total { logins failures } groups { values logins failures }',
)

const lifecycleOfWeeks = measures(
  'Lifecycle',
  ', bucket: WEEK',
  'points { start users newUsers returningUsers resurrectedUsers dormantUsers }',
)
const stickinessOfDays = measures('Stickiness', ', bucket: DAY', 'points { start users stickiness }')
const versionsOverMonths = measures(
  'VersionsOverMonths',
  ', bucket: MONTH, groupBy: [APP_VERSION], orderBy: {measure: USERS}, first: 5',
  'groups { values users points { start users } } other { users points { users } }',
)
const busiestUsers = measures(
  'BusiestUsers',
  ', groupBy: [USER], orderBy: {measure: LOGINS}, first: 20',
  'groups { values logins devices } other { groupCount logins }',
)

/** Questions for any measure by anything. */
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
  {
    name: 'measures: users of the days of a month in a zone',
    query: usersOfDays,
    variables: (time) => ({ ...range(30 * DAY, (time % 300) * DAY), timeZone: pick(zones, time) }),
  },
  {
    name: 'measures: users of the days of a year in a zone',
    query: usersOfDays,
    variables: (time, { days }) => ({
      ...range((days - 31) * DAY, (time % 30) * DAY),
      timeZone: pick(zones, time),
    }),
  },
  {
    name: 'measures: five versions by users, of a month',
    query: usersOfVersions,
    variables: (time, { days }) => range(30 * DAY, (time % (days - 31)) * DAY),
  },
  {
    name: 'measures: users and devices by state and device type, of a day',
    query: usersOfStates,
    variables: (time) => range(DAY, time * HOUR),
  },
  {
    name: 'measures: twenty addresses with the most failures, of a day',
    query: failingAddresses,
    variables: (time) => range(DAY, time * HOUR),
  },
  {
    name: 'measures: when a user logs in, of a month in a zone',
    query: hoursOfUser,
    variables: (time) => ({
      ...range(30 * DAY, time * HOUR),
      timeZone: pick(zones, time),
      filter: { users: [memberId('user', time * 100)] },
    }),
  },
  {
    name: 'measures: lifecycle of users, weeks of a year in a zone',
    query: lifecycleOfWeeks,
    variables: (time, { days }) => ({
      ...range((days - 31) * DAY, (time % 30) * DAY),
      timeZone: pick(zones, time),
    }),
  },
  {
    name: 'measures: stickiness of the days of a month',
    query: stickinessOfDays,
    variables: (time, { days }) => range(30 * DAY, (time % (days - 62)) * DAY),
  },
  {
    name: 'measures: users of five versions, months of a year',
    query: versionsOverMonths,
    variables: (time, { days }) => range((days - 31) * DAY, (time % 30) * DAY),
  },
  {
    name: 'measures: twenty users with the most logins, of a day',
    query: busiestUsers,
    variables: (time) => range(DAY, time * HOUR),
  },
]

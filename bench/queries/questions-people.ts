import { memberId } from '../history/history-logins.ts'
import { measuresQuery } from './measures-query.ts'
import { DAY, HOUR, pick, type Question, range, zones } from './question.ts'

const usersOfDays = measuresQuery('Users', ', bucket: DAY', 'total { users } points { start users logins }')
const usersOfVersions = measuresQuery(
  'UsersOfVersions',
  ', groupBy: [APP_VERSION], orderBy: {measure: USERS}, first: 5',
  'total { users } groups { values users share(measure: USERS) } other { users }',
)
const usersOfStates = measuresQuery(
  'UsersOfStates',
  ', groupBy: [LOCALE, DEVICE_TYPE]',
  'groups { values users devices }',
)
const failingAddresses = measuresQuery(
  'Addresses',
  ', groupBy: [ADDRESS], attempts: FAILURES, orderBy: {measure: FAILURES}, first: 20',
  'groups { values failures attempts users } other { groupCount failures }',
)
const hoursOfUser = measuresQuery(
  'HoursOfUser',
  ', groupBy: [HOUR_OF_DAY]',
  'total { logins failures } groups { values logins failures }',
)

const lifecycleOfWeeks = measuresQuery(
  'Lifecycle',
  ', bucket: WEEK',
  'points { start users newUsers returningUsers resurrectedUsers dormantUsers }',
)
const stickinessOfDays = measuresQuery('Stickiness', ', bucket: DAY', 'points { start users stickiness }')
const versionsOverMonths = measuresQuery(
  'VersionsOverMonths',
  ', bucket: MONTH, groupBy: [APP_VERSION], orderBy: {measure: USERS}, first: 5',
  'groups { values users points { start users } } other { users points { users } }',
)
const busiestUsers = measuresQuery(
  'BusiestUsers',
  ', groupBy: [USER], orderBy: {measure: LOGINS}, first: 20',
  'groups { values logins devices } other { groupCount logins }',
)

const newUsersOfHours = measuresQuery('NewUsers', ', bucket: HOUR', 'points { start users newUsers }')
const seriesOfVersions = measuresQuery(
  'SeriesOfVersions',
  ', bucket: DAY, groupBy: [APP_VERSION]',
  'groups { values users series(measure: USERS) }',
)

/** Questions for measures of users, devices and addresses, and by them. */
export const peopleQuestions: Question[] = [
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
    name: 'measures: users and devices by state and device type, of a week',
    query: usersOfStates,
    variables: (time) => range(7 * DAY, time * HOUR),
  },
  {
    name: 'measures: users and devices by state and device type, of a month',
    query: usersOfStates,
    variables: (time) => range(29 * DAY, (time % 24) * HOUR),
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
  {
    name: 'measures: twenty users with the most logins, of a week',
    query: busiestUsers,
    variables: (time) => range(7 * DAY, time * HOUR),
  },
  {
    name: 'measures: twenty users with the most logins, of a month',
    query: busiestUsers,
    variables: (time) => range(29 * DAY, (time % 24) * HOUR),
  },
  {
    name: 'measures: users and new users of the hours of a week in a zone',
    query: newUsersOfHours,
    variables: (time) => ({ ...range(7 * DAY, time * HOUR), timeZone: pick(zones, time) }),
  },
  {
    name: 'measures: users of all versions, days of a year',
    query: seriesOfVersions,
    variables: (time, { days }) => range((days - 31) * DAY, (time % 30) * DAY),
  },
]

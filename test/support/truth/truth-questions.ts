import {
  attemptsWhere,
  type AttemptsArgument,
  cohorts,
  cohortsByDevice,
  lifecycles,
  people,
  profiles,
  stickiness,
} from './truth-engagement.ts'
import {
  attemptsAtMoment,
  attemptsBy,
  attemptsByRegion,
  failuresBy,
  outdated,
  previousWeeks,
  topLocales,
} from './truth-counts.ts'
import { besideWeeksBefore, measuresByClock, seenBy, talliesBy } from './truth-measures.ts'
import { arrivals, insights, unknownOutcomes } from './truth-pipeline.ts'
import { isoOf, type TruthQuestion } from './truth-question.ts'

const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000

/** What questions are asked about. */
export type TruthSubject = {
  /** Midnights of UTC around all events, Unix milliseconds; the first one of a Monday. */
  fromMs: number
  toMs: number
  /** A moment (ISO 8601) between two batches, and which logins were counted at it, in SQL. */
  moment: string
  wasThere: string
  insightSize: number
  users: string[]
  devices: string[]
  addresses: string[]
}

export function truthQuestions(subject: TruthSubject): TruthQuestion[] {
  const { fromMs, toMs } = subject
  const all = { from: isoOf(fromMs), to: isoOf(toMs) }
  const odd = { from: isoOf(fromMs + 3.3 * DAY_MS), to: isoOf(toMs - 5.7 * DAY_MS) }
  const zones = ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe']
  return [
    ...zones.map((zone) => attemptsBy(zone, 'day', 'device_type', all)),
    ...zones.map((zone) => attemptsBy(zone, 'week', 'locale', odd)),
    ...zones.map((zone) => attemptsBy(zone, 'month', 'app_version', all)),
    attemptsBy('UTC', 'hour', 'outcome', odd),
    attemptsBy('Europe/Berlin', 'hour', 'outcome', odd),
    attemptsBy('Asia/Kolkata', 'hour', 'outcome', odd),
    ...zones.map((zone) => failuresBy(zone, 'day', [], odd)),
    ...zones.map((zone) => failuresBy(zone, 'week', ['locale'], all)),
    ...zones.map((zone) => failuresBy(zone, 'month', ['device_type', 'app_version'], odd)),
    failuresBy('Europe/Berlin', 'hour', ['device_type', 'app_version'], odd),
    failuresBy('Asia/Kolkata', 'day', ['app_version', 'locale'], all),
    attemptsByRegion(odd),
    previousWeeks({ from: isoOf(fromMs + 28 * DAY_MS), to: isoOf(fromMs + 56 * DAY_MS) }, 4),
    ...attemptsAtMoment(all, subject.moment, subject.wasThere),
    ...zones.map((zone) => talliesBy(zone, 'day', 'app_version', odd)),
    ...zones.map((zone) => talliesBy(zone, 'quarter', 'locale', all)),
    ...zones.map((zone) => measuresByClock(zone, odd)),
    ...zones.map((zone) => besideWeeksBefore(zone, all)),
    ...['ALL', 'LOGINS', 'FAILURES'].map((kind) => seenBy(kind, 'device_type', odd, 0)),
    topLocales(odd, 'DESC'),
    topLocales(all, 'ASC'),
    ...(Object.keys(attemptsWhere) as AttemptsArgument[]).flatMap((attempts) => ofPeople(subject, attempts)),
    profiles('user', subject.users),
    profiles('device', subject.devices),
    profiles('address', subject.addresses),
    outdated(odd, '2.3.0'),
    insights(subject.insightSize),
    unknownOutcomes(),
    arrivals({ from: isoOf(toMs - 2 * DAY_MS), to: isoOf(toMs + DAY_MS) }),
  ]
}

/** Questions about users, devices and addresses. */
function ofPeople({ fromMs, toMs }: TruthSubject, attempts: AttemptsArgument): TruthQuestion[] {
  const all = { from: isoOf(fromMs), to: isoOf(toMs) }
  const odd = { from: isoOf(fromMs + 3.3 * DAY_MS), to: isoOf(toMs - 5.7 * DAY_MS) }
  // Midnights of Kathmandu and, in its winter, of Lord Howe Island.
  const kathmandu = {
    from: isoOf(fromMs + 5 * DAY_MS - 5.75 * HOUR_MS),
    to: isoOf(toMs - 2 * DAY_MS - 5.75 * HOUR_MS),
  }
  const lordHowe = {
    from: isoOf(fromMs + 20 * DAY_MS - 10.5 * HOUR_MS),
    to: isoOf(fromMs + 27 * DAY_MS - 10.5 * HOUR_MS),
  }
  const weeks = Math.ceil((toMs - fromMs) / (7 * DAY_MS))
  const wholeWeeks = { ...all, to: isoOf(fromMs + weeks * 7 * DAY_MS) }
  const [first, last] = [new Date(fromMs), new Date(toMs)]
  const months = {
    from: isoOf(Date.UTC(first.getUTCFullYear(), first.getUTCMonth())),
    to: isoOf(Date.UTC(last.getUTCFullYear(), last.getUTCMonth() + 1)),
  }
  return [
    people('of days', all, '{}', 'true', attempts),
    people('of days of Kathmandu', kathmandu, '{}', 'true', attempts),
    people('of a week of Lord Howe Island', lordHowe, '{}', 'true', attempts),
    people(
      'of a window and two dimensions',
      odd,
      '{ deviceType: { in: ["IOS"] }, outcome: { in: ["SUCCESS", "FAILURE"] } }',
      `device_type = 'iOS' and outcome in ('success', 'failure')`,
      attempts,
    ),
    people(
      'of a region',
      odd,
      '{ usRegion: { in: ["NORTHEAST"] } }',
      `locale in ('CT', 'ME', 'MA', 'NH', 'RI', 'VT', 'NJ', 'NY', 'PA')`,
      attempts,
    ),
    lifecycles('day', all, attempts),
    lifecycles('week', wholeWeeks, attempts),
    lifecycles('month', months, attempts),
    stickiness({ from: isoOf(toMs - 20 * DAY_MS), to: isoOf(toMs - DAY_MS) }, attempts),
    ...['UTC', 'Asia/Kathmandu', 'Europe/Berlin', 'America/New_York'].flatMap((zone) => {
      const asked = { from: all.from.slice(0, 'yyyy-mm-dd'.length), weeks, zone }
      return [cohorts(asked, attempts), cohortsByDevice(asked, attempts)]
    }),
  ]
}

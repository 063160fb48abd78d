import { activeUsers, cohorts, cohortsByDevice, profiles, stickiness, uniques } from './truth-engagement.ts'
import {
  countsAtMoment,
  countsBy,
  countsByRegion,
  heatmap,
  outdated,
  previousWeeks,
  topLocales,
} from './truth-counts.ts'
import { arrivals, insights } from './truth-pipeline.ts'
import { isoOf, type TruthQuestion } from './truth-question.ts'

const DAY_MS = 86_400_000

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
  const weeks = Math.ceil((toMs - fromMs) / (7 * DAY_MS))
  const wholeWeeks = { ...all, to: isoOf(fromMs + weeks * 7 * DAY_MS) }
  const [first, last] = [new Date(fromMs), new Date(toMs)]
  const months = {
    from: isoOf(Date.UTC(first.getUTCFullYear(), first.getUTCMonth())),
    to: isoOf(Date.UTC(last.getUTCFullYear(), last.getUTCMonth() + 1)),
  }
  const zones = ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe']
  return [
    ...zones.map((zone) => countsBy(zone, 'day', 'device_type', all)),
    ...zones.map((zone) => countsBy(zone, 'week', 'locale', odd)),
    ...zones.map((zone) => countsBy(zone, 'month', 'app_version', all)),
    countsBy('UTC', 'hour', 'outcome', odd),
    countsBy('Europe/Berlin', 'hour', 'outcome', odd),
    countsBy('Asia/Kolkata', 'hour', 'outcome', odd),
    countsByRegion(odd),
    previousWeeks({ from: isoOf(fromMs + 28 * DAY_MS), to: isoOf(fromMs + 56 * DAY_MS) }, 4),
    ...countsAtMoment(all, subject.moment, subject.wasThere),
    topLocales(odd, 'DESC'),
    topLocales(all, 'ASC'),
    ...zones.slice(0, 4).map((zone) => heatmap(zone, odd)),
    uniques('of days', all, '{}', 'true'),
    uniques(
      'of a window and two dimensions',
      odd,
      '{ deviceTypes: [IOS], outcomes: [SUCCESS, UNKNOWN] }',
      `device_type = 'iOS' and outcome in ('success', 'unknown')`,
    ),
    uniques(
      'of a region',
      odd,
      '{ usRegions: [NORTHEAST] }',
      `locale in ('CT', 'ME', 'MA', 'NH', 'RI', 'VT', 'NJ', 'NY', 'PA')`,
    ),
    activeUsers('day', all),
    activeUsers('week', wholeWeeks),
    activeUsers('month', months),
    stickiness({ from: isoOf(toMs - 20 * DAY_MS), to: isoOf(toMs - DAY_MS) }),
    cohorts(wholeWeeks, weeks),
    cohortsByDevice(wholeWeeks, weeks),
    profiles('user', subject.users),
    profiles('device', subject.devices),
    profiles('address', subject.addresses),
    outdated(odd, '2.3.0'),
    insights(subject.insightSize),
    arrivals({ from: isoOf(toMs - 2 * DAY_MS), to: isoOf(toMs + DAY_MS) }),
  ]
}

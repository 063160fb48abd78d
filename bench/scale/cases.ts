import { PARTITIONS } from '../topics.ts'

/** A topic of which `scale` measures what a login costs. */
export type Case = {
  /** Logins after those to warm up. */
  events: number
  partitions: number
}

/** The case to which the others are compared comes first. */
export const casesOf = (events: number): Case[] => [
  { events, partitions: PARTITIONS },
  { events: Math.round(events / 4), partitions: PARTITIONS },
  { events: events * 5, partitions: PARTITIONS },
  { events, partitions: 1 },
  { events, partitions: 32 },
]

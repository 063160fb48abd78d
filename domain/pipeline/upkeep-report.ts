/** When a process last reported that it does upkeep; null: none is known. */
export type UpkeepReport = {
  seenAt: Date | null
  /** Whether none does: none has reported for half a minute, in which a worker has run or which follows a report. */
  isMissing: boolean
}

/** The text before the colon is a short form. */
export const NO_UPKEEP =
  'no process does upkeep: rollups, retention, reconciliation and checks of the audit wait, and answers about users fall behind; ' +
  'start npm run upkeep, or workers without WORKER_UPKEEP=false'

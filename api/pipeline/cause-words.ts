import type { Change } from '../../db/read/counts/changes-between.ts'
import type { RetentionMove } from '../../db/read/counts/retention-moves.ts'
import type { Cause, CauseKind } from '../../domain/pipeline/difference.ts'

const words: Record<CauseKind, string> = {
  batches: 'counted attempts within an hour of their minute',
  late: 'counted attempts later than an hour after their minute was over',
  replay: 'parked before, counted attempts when they were replayed',
  redrive: 'counted rejects as attempts when they were redriven',
}

/** Commands that a message names. */
const NAMED = 3

/** A cause in words, with the commands of operators. */
export function causeWords({ kind, changes }: Cause<Change>): string {
  const batches = new Set(changes.map(({ change }) => change.batch_id)).size
  const commands = [...new Set(changes.flatMap(({ change }) => change.command_id ?? []))]
  const more = commands.length > NAMED ? ` and ${commands.length - NAMED} more` : ''
  const by = commands.length === 0 ? '' : `, by ${commands.slice(0, NAMED).join(', ')}${more}`
  return `${batches} ${batches === 1 ? 'batch' : 'batches'} ${words[kind]}${by}`
}

const kept: Record<RetentionMove['what'], string> = {
  minute_count:
    'counts of single minutes (MINUTE_RETENTION_DAYS); the same attempts count by quarters of an hour',
  hour_login:
    'users, devices and addresses by the minute (SET_RETENTION_DAYS); the same ones count by days of UTC',
  login: 'rows of attempts (LOGIN_RETENTION_DAYS); the same attempts count, and are not listed',
}

/** What retention took, in words. */
export const retentionWords = ({ what, keptFrom }: RetentionMove): string =>
  `retention took what was before ${keptFrom.toISOString()} of ${kept[what]}`

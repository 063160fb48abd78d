import { nullIfAway } from '../../db/nodes/read-failure.ts'
import { type ControlEventRow, readControlEvents } from '../../db/read/ledger/control-events.ts'
import type { CommandDeps } from './command-deps.ts'
import type { Command } from './command-request.ts'
import type { CommandRequest } from '../context/command-types.ts'

type Asked = Pick<Command, 'command' | 'partitions' | 'detail'>

/**
 * What is wrong with a commandId that the audit has for another command; null: nothing. Workflows would take
 * the command for a repetition of that one, and the audit has a single row for both. While the primary is
 * away, this is not checked.
 */
export async function reuseProblem(
  { readPrimary }: CommandDeps,
  { commandId, topic }: CommandRequest,
  asked: Asked,
): Promise<string | null> {
  if (commandId === null) return null
  const filter = { commandId: commandId.toLowerCase(), commands: null, actor: null, results: null }
  const page = { after: null, before: null, backwards: false, limit: 1 }
  try {
    const [row] = await readPrimary((session) =>
      readControlEvents(session, { ...filter, requested: { from: null, to: null } }, page),
    )
    if (row === undefined || isRepeated(row, topic, asked)) return null
    return `commandId is that of another command (${row.command}, ${row.requested_at.toISOString()}): leave it out, or choose a new one`
  } catch (error) {
    return nullIfAway(error)
  }
}

/** Names under which the audit's detail has what a command was about, if not partitions. */
const TARGETS = ['batchId', 'run']

function isRepeated(row: ControlEventRow, topic: string, { command, partitions, detail }: Asked): boolean {
  if (row.command !== command || row.topic !== topic) return false
  const kept = (row.detail ?? {}) as Record<string, unknown>
  const targets = TARGETS.filter((name) => name in detail)
  // The audit has the partition of a batch, which the command does not know, so only commands without a
  // target compare it.
  if (targets.length === 0) return sorted(row.partitions) === sorted(partitions)
  return targets.every((name) => !(name in kept) || String(kept[name]) === String(detail[name]))
}

const sorted = (partitions: readonly number[] | null): string =>
  partitions === null ? 'all' : [...new Set(partitions)].sort((a, b) => a - b).join()

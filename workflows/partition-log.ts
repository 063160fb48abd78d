import { log } from '@temporalio/workflow'
import type { IngestState } from '../domain/pipeline/pipeline-state.ts'
import { authorText } from '../domain/access/command-author.ts'
import type { PartitionStatus } from './contract.ts'
import type { ReceivedCommand } from './receive-command.ts'

/** Logs that a partition changed its state by itself. */
export function logMove(topic: string, before: IngestState, status: PartitionStatus): void {
  const { state, reason } = status
  if (state === 'waiting' || state === 'halted') log.warn(moveOf(topic, before, status), { reason })
  else log.info(moveOf(topic, before, status))
}

/** Logs that a partition changed its state by an operator's command. */
export function logCommand(
  topic: string,
  before: IngestState,
  status: PartitionStatus,
  { author, reason }: Pick<ReceivedCommand, 'author' | 'reason'>,
): void {
  log.info(`${moveOf(topic, before, status)} by command of ${authorText(author)}`, { reason })
}

const moveOf = (topic: string, before: IngestState, { state, partition, nextOffset }: PartitionStatus) =>
  `${topic}/${partition} ${before} -> ${state} at offset ${nextOffset ?? 'unknown'}`

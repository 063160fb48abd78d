import { log } from '@temporalio/workflow'
import type { IngestState } from '../domain/pipeline/pipeline-state.ts'
import type { ControlRequest, PartitionStatus } from './contract.ts'

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
  { actor, reason }: Pick<ControlRequest, 'actor' | 'reason'>,
): void {
  log.info(`${moveOf(topic, before, status)} by command of ${actor}`, { reason })
}

const moveOf = (topic: string, before: IngestState, { state, partition, nextOffset }: PartitionStatus) =>
  `${topic}/${partition} ${before} -> ${state} at offset ${nextOffset ?? 'unknown'}`

import { log } from '@temporalio/workflow'
import type { IngestState } from '../domain/pipeline/pipeline-state.ts'
import type { PartitionStatus } from './contract.ts'
import type { ReceivedCommand } from './receive-command.ts'

/** Logs that a partition changed its state by itself. */
export function logMove(topic: string, before: IngestState, status: PartitionStatus): void {
  const { state, reason } = status
  const said = moveOf(topic, before, status)
  // Only an operator ends a halt.
  if (state === 'halted') log.error(said, { ...fieldsOf(topic, status), reason })
  else if (state === 'waiting') log.warn(said, { ...fieldsOf(topic, status), reason })
  else log.info(said, fieldsOf(topic, status))
}

/**
 * Logs that a partition changed its state by an operator's command. Whose it was and why, which may be about persons, is in the
 * audit alone.
 */
export function logCommand(
  topic: string,
  before: IngestState,
  status: PartitionStatus,
  { commandId }: Pick<ReceivedCommand, 'commandId'>,
): void {
  log.info(`${moveOf(topic, before, status)} by command`, { ...fieldsOf(topic, status), commandId })
}

const fieldsOf = (topic: string, { partition, nextOffset }: PartitionStatus) => ({
  ...{ topic, partition },
  ...(nextOffset === null ? {} : { offset: nextOffset }),
})

const moveOf = (topic: string, before: IngestState, { state, partition, nextOffset }: PartitionStatus) =>
  `${topic}/${partition} ${before} -> ${state} at offset ${nextOffset ?? 'unknown'}`

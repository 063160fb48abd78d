import { type ForwardedCommand, ingestTopicId } from './contract.ts'
import { receiveCommand, type ReceivedCommand } from './receive-command.ts'

/**
 * Finds out who sent a command that the topic forwards to a partition. A signed one must be what its signature covers, at the
 * topic's workflow and for this partition.
 */
export async function receiveForwarded(
  topic: string,
  partition: number,
  { command, request, signed }: ForwardedCommand,
): Promise<ReceivedCommand> {
  const received = await receiveCommand(command, topic, signed ?? request, {
    forwardedBy: ingestTopicId(topic),
    unsignedId: request.commandId,
  })
  const { commandId, partitions, refusal } = received
  const isForIt = commandId === request.commandId && (partitions === null || partitions.includes(partition))
  return isForIt || refusal !== null
    ? received
    : { ...received, refusal: `the command is not for partition ${partition}` }
}

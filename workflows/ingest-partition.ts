import { condition, continueAsNew, setHandler, allHandlersFinished } from '@temporalio/workflow'
import {
  acceptLossUpdate,
  askSignal,
  controlSignal,
  parkUpdate,
  pauseUpdate,
  resumeUpdate,
  statusQuery,
} from './contract.ts'
import { Partition, type IngestPartitionInput } from './partition.ts'

/**
 * Ingests one partition until it is retired: slice after slice while it is running, nothing while it is
 * paused or halted.
 */
export async function ingestPartition(input: IngestPartitionInput): Promise<void> {
  const partition = new Partition(input)
  setHandler(statusQuery, () => [partition.status], {
    description: 'State, next offset and lag as of the last slice',
  })
  setHandler(pauseUpdate, (argument) => partition.execute('pause', argument), {
    description: 'Pauses the partition after the batch in hand; the argument is the reason',
  })
  setHandler(resumeUpdate, (argument) => partition.execute('resume', argument), {
    description: 'Resumes the partition, also after a halt; the argument is the reason',
  })
  setHandler(acceptLossUpdate, (argument) => partition.execute('accept_loss', argument), {
    description: 'Continues behind the lost offsets that halted the partition; the argument is the reason',
  })
  setHandler(parkUpdate, (argument) => partition.execute('park', argument), {
    description:
      'Parks the batch in hand, or withholds outputs that cannot be published; the argument is the reason',
  })
  setHandler(controlSignal, (forwarded) => partition.executeForTopic(forwarded))
  setHandler(askSignal, () => partition.report(null, null))
  await partition.ingest()
  await condition(() => allHandlersFinished() && partition.audit.written)
  if (partition.isRetired) return
  await continueAsNew<typeof ingestPartition>({
    topic: input.topic,
    status: partition.status,
    acted: partition.acted.list(),
  })
}

import { allHandlersFinished, condition, continueAsNew, setHandler, workflowInfo } from '@temporalio/workflow'
import {
  acceptLossUpdate,
  parkUpdate,
  type PartitionStatus,
  pauseUpdate,
  reportSignal,
  resumeUpdate,
  statusQuery,
} from './contract.ts'
import { validateControl, validateTopicPark } from './control-request.ts'
import { TopicCommands } from './topic-commands.ts'
import { TopicPartitions } from './topic-partitions.ts'

export type IngestTopicInput = {
  topic: string
  /** As of the run before; empty in the first one. */
  partitions?: PartitionStatus[]
  /** Why the whole topic is paused; partitions that are found meanwhile start paused. */
  pausedFor?: string | null
}

/** Keeps one `ingestPartition` for each partition of a topic, and passes commands on to them. */
export async function ingestTopic(input: IngestTopicInput): Promise<void> {
  const { topic } = input
  const partitions = new TopicPartitions(topic, input.partitions ?? [], input.pausedFor ?? null)
  const commands = new TopicCommands(topic, partitions)
  setHandler(statusQuery, () => partitions.statuses(), { description: 'State of every partition' })
  setHandler(pauseUpdate, (argument) => commands.command('pause', argument), {
    validator: validateControl,
    description: 'Stops all partitions, or some, after the batch in hand; the argument is the reason',
  })
  setHandler(resumeUpdate, (argument) => commands.command('resume', argument), {
    validator: validateControl,
    description: 'Goes on with all partitions, or some; the argument is the reason',
  })
  setHandler(acceptLossUpdate, (argument) => commands.command('accept_loss', argument), {
    validator: validateControl,
    description:
      'Goes on behind offsets that are lost, in all halted partitions or some; the argument is the reason',
  })
  setHandler(parkUpdate, (argument) => commands.command('park', argument), {
    validator: validateTopicPark,
    description: 'Sets aside what partitions cannot get over; the argument names them and the reason',
  })
  setHandler(reportSignal, (report) => {
    commands.hear(report)
  })
  while (!workflowInfo().continueAsNewSuggested) await partitions.startMissing(await partitions.watch())
  await condition(() => allHandlersFinished() && commands.audit.written)
  await continueAsNew<typeof ingestTopic>({
    topic,
    partitions: partitions.statuses(),
    pausedFor: partitions.pausedFor,
  })
}

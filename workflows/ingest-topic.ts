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
import { TopicCommands } from './topic-commands.ts'
import { TopicPartitions } from './topic-partitions.ts'

type IngestTopicInput = {
  topic: string
  /** The partitions as the previous run left them; absent in the first run. */
  partitions?: PartitionStatus[]
  /** Why the whole topic is paused, so that new partitions start paused; null or absent if it is not. */
  pausedFor?: string | null
  /** The latest commands that the previous run carried out; absent in the first run. */
  acted?: string[]
}

/** Runs one workflow `ingestPartition` for each partition of a topic, and forwards commands to them. */
export async function ingestTopic(input: IngestTopicInput): Promise<void> {
  const { topic } = input
  const partitions = new TopicPartitions(topic, input.partitions ?? [], input.pausedFor ?? null)
  const commands = new TopicCommands(topic, partitions, input.acted ?? [])
  setHandler(statusQuery, () => partitions.statuses(), { description: 'State of every partition' })
  setHandler(pauseUpdate, (argument) => commands.execute('pause', argument), {
    description: 'Pauses all partitions, or some, after the batch in hand; the argument is the reason',
  })
  setHandler(resumeUpdate, (argument) => commands.execute('resume', argument), {
    description: 'Resumes all partitions, or some; the argument is the reason',
  })
  setHandler(acceptLossUpdate, (argument) => commands.execute('accept_loss', argument), {
    description:
      'Continues behind lost offsets in all halted partitions, or some; the argument is the reason',
  })
  setHandler(parkUpdate, (argument) => commands.execute('park', argument), {
    description:
      'Parks the batch in hand of partitions, or withholds outputs that cannot be published; the argument names the partitions and the reason',
  })
  setHandler(reportSignal, (report) => commands.handleReport(report))
  while (!workflowInfo().continueAsNewSuggested) await partitions.startMissing(await partitions.watch())
  await condition(() => allHandlersFinished() && commands.audit.written)
  await continueAsNew<typeof ingestTopic>({
    topic,
    partitions: partitions.statuses(),
    pausedFor: partitions.pausedFor,
    acted: commands.acted.list(),
  })
}

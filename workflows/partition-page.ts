import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow'
import type { SearchAttributeUpdatePair } from '@temporalio/common'
import type { PartitionStatus } from './contract.ts'
import { int, keyword, KEYWORD_MAX_CHARACTERS } from './search-attributes.ts'

/** Shows a status on the workflow's page in the Web UI and in the list's search attributes. */
export function showStatus(topic: string, status: PartitionStatus): void {
  setCurrentDetails(pageText(topic, status))
  upsertSearchAttributes(attributesOf(topic, status))
}

/** Shows what the partitions of a topic do on the page of its workflow. */
export function showStatuses(topic: string, statuses: readonly PartitionStatus[]): void {
  const lines = statuses.map(
    ({ partition, state, reason }) =>
      `- partition ${partition}: ${state}${reason === '' ? '' : ` – ${reason}`}`,
  )
  setCurrentDetails([`**${topic}**`, '', ...lines].join('\n'))
}

// Bullets behind an empty line: the Web UI drops the padding of Markdown tables, and a list that follows text.
const pageText = (
  topic: string,
  { partition, state, nextOffset, lag, reason, since }: PartitionStatus,
): string =>
  [
    `**${topic}/${partition}: ${state}**${reason === '' ? '' : ` – ${reason}`}`,
    '',
    `- next offset: ${nextOffset ?? 'not read yet'}`,
    `- lag: ${lag ?? 'not known yet'}`,
    `- ${state} since ${since}`,
    '- the running slice shows its position under Pending Activities',
  ].join('\n')

const attributesOf = (topic: string, status: PartitionStatus): SearchAttributeUpdatePair[] => [
  { key: keyword('RollcallTopic'), value: topic.slice(0, KEYWORD_MAX_CHARACTERS) },
  { key: keyword('RollcallPartition'), value: String(status.partition) },
  { key: keyword('IngestState'), value: status.state },
  { key: int('IngestOffset'), value: status.nextOffset === null ? null : Number(status.nextOffset) },
  { key: int('IngestLag'), value: status.lag },
  {
    key: keyword('IngestError'),
    value: status.reason === '' ? null : status.reason.slice(0, KEYWORD_MAX_CHARACTERS),
  },
]

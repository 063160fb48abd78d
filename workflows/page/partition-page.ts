import { upsertSearchAttributes } from '@temporalio/workflow'
import type { SearchAttributeUpdatePair } from '@temporalio/common'
import { type Markdown, markdownList, markup } from './markdown.ts'
import type { PartitionStatus } from '../contract.ts'
import { showDetails } from './details.ts'
import { int, keyword, KEYWORD_MAX_CHARACTERS } from './search-attributes.ts'

/**
 * Shows a status on the page of the partition's workflow in the Web UI, and in the search attributes of the
 * list.
 */
export function showStatus(topic: string, status: PartitionStatus): void {
  showDetails(pageText(topic, status))
  upsertSearchAttributes(attributesOf(topic, status))
}

/** The summary that the Web UI shows beside the id of a partition's workflow. */
export const partitionSummary = (topic: string, { partition }: PartitionStatus): string =>
  markup`Reads ${topic}/${partition}`.text

/** Shows the state of each partition on the page of the topic's workflow. */
export function showStatuses(topic: string, statuses: readonly PartitionStatus[]): void {
  const lines = statuses.map(
    ({ partition, state, reason }) => markup`partition ${partition}: ${state}${because(reason)}`,
  )
  showDetails(markdownList(markup`**${topic}**`, lines))
}

// A list and no table, because the Web UI drops the padding of Markdown tables.
const pageText = (
  topic: string,
  { partition, state, nextOffset, lag, reason, since }: PartitionStatus,
): Markdown =>
  markdownList(markup`**${topic}/${partition}: ${state}**${because(reason)}`, [
    markup`next offset: ${nextOffset ?? 'not read yet'}`,
    markup`lag: ${lag ?? 'not known yet'}`,
    markup`${state} since ${since}`,
    markup`the running slice shows its position under Pending Activities`,
  ])

const because = (reason: string): Markdown => (reason === '' ? markup`` : markup` – ${reason}`)

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

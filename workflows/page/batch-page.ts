import { upsertSearchAttributes } from '@temporalio/workflow'
import { code, type Markdown, markdownList, markup } from './markdown.ts'
import { offsetsOf, type ParkedBatch } from '../../domain/batch/parked-batch.ts'
import type { BatchState } from '../contract.ts'
import { showDetails } from './details.ts'
import { int, keyword, KEYWORD_MAX_CHARACTERS } from './search-attributes.ts'

/** Shows a batch on the page of its workflow in the Web UI, and in the search attributes of the list. */
export function showBatch(batch: ParkedBatch, state: BatchState, error: string): void {
  showDetails(pageText(batch, state, error))
  upsertSearchAttributes([
    { key: keyword('RollcallTopic'), value: batch.topic.slice(0, KEYWORD_MAX_CHARACTERS) },
    { key: keyword('RollcallPartition'), value: String(batch.partition) },
    { key: keyword('BatchState'), value: state },
    { key: keyword('BatchReason'), value: error.slice(0, KEYWORD_MAX_CHARACTERS) },
    { key: int('BatchFrom'), value: Number(batch.from) },
    { key: keyword('BatchTo'), value: batch.to },
  ])
}

const whatToDo: Record<BatchState, Markdown> = {
  replaying: markup`an attempt is under way`,
  parked: markup`nothing of it is counted. Fix the cause, then More Actions → Send an Update → **replay**. To give it up for good: **skip**, with the reason. Request Cancellation changes nothing`,
  replayed: markup`the batch is counted and published; nothing is left to do`,
  skipped: markup`the batch was given up and stays in the ledger as skipped`,
}

const pageText = (
  { topic, partition, from, to, batchId }: ParkedBatch,
  state: BatchState,
  error: string,
): Markdown =>
  markdownList(markup`**${topic}/${partition}, ${offsetsOf({ from, to })}: ${state}**`, [
    markup`failed: ${code(error)}`,
    whatToDo[state],
    markup`batch ${batchId} of the ledger`,
  ])

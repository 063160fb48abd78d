import { Client } from '@temporalio/client'
import { auditInterferences } from '../activities/commands/audit-interferences.ts'
import type { ActivityDeps } from '../activities/session/activity-deps.ts'
import { Semaphore } from '../concurrency/semaphore.ts'
import type { Config } from '../config/config.ts'
import { SharedCombinations } from '../domain/columns/combinations.ts'
import { decodeStep, decodeStepBy } from '../domain/columns/decode-step.ts'
import { decodeRecords } from '../domain/decode/decode-records.ts'
import { SharedSightingCache } from '../domain/sightings/sighting-cache.ts'
import { createKafka } from '../kafka/client.ts'
import { FULL } from '../kafka/read/take-range.ts'
import { createAuthors } from './command-authors.ts'
import { createBatchWorkflows } from './batch-workflows.ts'
import { findInterferences } from './interferences.ts'
import type { Connections } from './connections.ts'

/**
 * Two batches keep a core and Postgres busy at the same time. More would be no faster, and hold their bytes
 * in memory.
 */
const FULL_BATCHES_IN_WORK = 2
/**
 * Enough for the next batch to be there whenever one is done. Partitions beyond that wait for their turn to fetch: smaller batches
 * for each would cost more CPU time.
 */
const FETCHED_BATCHES = 16

/** What differs from worker to worker and from test to test. */
type Given = Pick<
  ActivityDeps,
  'workerName' | 'codeVersion' | 'observe' | 'tracing' | 'onStep' | 'slicesRunning' | 'isToldOfCancellations'
> &
  Partial<Pick<ActivityDeps, 'decode'>>

/** Makes what the activities of this process share. */
export function createActivityDeps(
  config: Config,
  { temporal, sql, topicOffsets, signer }: Connections,
  { decode, ...given }: Given,
): ActivityDeps {
  const { namespace, taskQueue } = config.temporal
  const client = new Client({ connection: temporal, namespace })
  return {
    ...given,
    ...createBatchWorkflows(client, config, signer.sign),
    auditInterferences: () =>
      auditInterferences(sql, taskQueue, (since) => findInterferences(client, taskQueue, since)),
    authors: createAuthors(sql),
    config,
    kafka: createKafka(config.kafka, 'rollcall-worker'),
    sql,
    topicOffsets,
    sighting: new SharedSightingCache(crypto.getRandomValues(new Int32Array(2))),
    batchesInWork: new Semaphore(FULL_BATCHES_IN_WORK * FULL),
    deciding: new Semaphore(1),
    fetchedBatches: new Semaphore(FETCHED_BATCHES),
    clock: Date.now,
    decode: decode ?? decodeRecords,
    decodeStep: decode === undefined ? decodeStep : decodeStepBy(decode),
    combinations: new SharedCombinations(),
  }
}

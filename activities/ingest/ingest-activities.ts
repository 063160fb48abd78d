import { Context } from '@temporalio/activity'
import type { PartitionKey } from '../../db/ingest/checkpoint.ts'
import type { SliceReport } from '../../domain/batch/slice-report.ts'
import { acceptOffsetLoss, type LossAcceptance } from '../accept-loss.ts'
import type { ActivityDeps } from '../session/activity-deps.ts'
import { ingestSlice, type SliceRequest } from './ingest-slice.ts'
import { parkInHand, parkingRefusal, type ParkingAnswer, type ParkRequest } from './park-in-hand.ts'
import { watchTopic } from './watch-topic.ts'

const never = new AbortController().signal

/** The activities that read a topic and its partitions, and the commands that move a partition on. */
export const createIngestActivities = (deps: ActivityDeps) => ({
  /**
   * Runs one slice of a partition. Never throws because Kafka or Postgres is away: the report says so. Safe
   * to retry: each run claims the partition anew, continues at the checkpoint and publishes what is missing.
   * @param handOver aborts when another worker should run the partition: the slice then ends early
   */
  ingestSlice: async (request: SliceRequest, handOver: AbortSignal = never): Promise<SliceReport> =>
    await ingestSlice(deps, request, { cancelled: Context.current().cancellationSignal, handOver }),

  /** Waits for new partitions of a topic and returns all. Safe to retry: it only reads. */
  watchTopic: async (topic: string, known: number[]): Promise<number[]> =>
    await watchTopic(deps, topic, known),

  /** Continues behind lost offsets. Safe to retry: the ledger's row of the loss has the command's id. */
  acceptLoss: async ({ commandId, ...key }: PartitionKey & { commandId: string }): Promise<LossAcceptance> =>
    await acceptOffsetLoss(deps, key, commandId),

  /** Parks the batch in hand. Safe to retry: the ledger's row has the command's id. */
  parkInHand: async (request: ParkRequest): Promise<ParkingAnswer> =>
    await parkInHand(deps, request).catch(parkingRefusal),
})

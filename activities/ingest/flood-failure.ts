import type { PartitionKey } from '../../db/ingest/checkpoint.ts'
import { PipelineFailure } from '../../domain/pipeline/failure.ts'
import type { IngestPosition } from '../session/ingest-position.ts'

/**
 * The failure that halts a partition at too many rejects or parked batches; its message says how to continue.
 */
export const floodFailure = ({ topic, partition }: PartitionKey, { next }: IngestPosition, flood: string) =>
  new PipelineFailure(
    'flood',
    'rollcall',
    `${topic}/${partition} from offset ${next}: ${flood}. Fix the cause and resume, or resume with accept`,
  )

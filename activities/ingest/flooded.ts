import type { PartitionKey } from '../../db/ingest/checkpoint.ts'
import { PipelineFailure } from '../../domain/pipeline/failure.ts'
import type { Standing } from '../session/standing.ts'

/** Why a partition halts at so many rejects or parked batches, with the way on. */
export const flooded = ({ topic, partition }: PartitionKey, { next }: Standing, flood: string) =>
  new PipelineFailure(
    'flood',
    'rollcall',
    `${topic}/${partition} from offset ${next}: ${flood}. Resume once the cause is mended, or resume with accept`,
  )

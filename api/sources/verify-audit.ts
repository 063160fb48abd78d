import { readHeadKeys } from '../../audit/keys.ts'
import { type HeadsTopic, readHeads } from '../../audit/read-heads.ts'
import { verifyChain } from '../../audit/verify-chain.ts'
import type { Config } from '../../config/config.ts'
import type { Read } from '../../db/nodes/request-reader.ts'
import { PipelineFailure } from '../../domain/pipeline/failure.ts'
import { PartUnavailableError } from '../context/errors.ts'
import type { VerifyAudit } from '../context/source-types.ts'

/** Checks the chain on the primary, because a replica that is behind would look cut off. */
export const createVerifyAudit =
  (config: Config['audit'], topic: HeadsTopic, readPrimary: Read): VerifyAudit =>
  async (part) => {
    const keys = await readHeadKeys(config)
    const heads = await readHeads(topic, keys).catch((error: unknown) => {
      if (!(error instanceof PipelineFailure)) throw error
      throw new PartUnavailableError(
        'KAFKA_UNAVAILABLE',
        `the published heads cannot be read: ${error.message}`,
        {
          cause: error,
        },
      )
    })
    return await readPrimary(({ sql }) => verifyChain(sql, { heads, keys, ...part }))
  }

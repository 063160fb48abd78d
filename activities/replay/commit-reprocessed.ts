import type { ClaimedBatch } from '../../db/ledger/change-batch.ts'
import type { Sql } from '../../db/connection/connect.ts'
import { classingPostgres } from '../../db/connection/failure.ts'
import { createLoginDays } from '../../db/login-rows/login-partitions.ts'
import { traced } from '../../tracing/active-span.ts'
import type { Decided } from '../decide/decide-batch.ts'
import { commitSpan } from '../session/commit-span.ts'
import type { WorkerDeps } from '../session/worker-deps.ts'

/**
 * Commits what a batch adds when it is processed again, once there are tables for the days of its rows.
 * @throws {PipelineFailure} of any class
 */
export const commitReprocessed = (
  { clock, config }: WorkerDeps,
  sql: Sql,
  batch: ClaimedBatch,
  decided: Decided,
  commit: () => Promise<void>,
): Promise<void> =>
  traced(
    'commit',
    () => commitSpan(batch.id, batch, decided.batch),
    () =>
      classingPostgres(async () => {
        await createLoginDays(sql, clock(), config.retention.loginDays)
        await commit()
      }),
  )

import type { ConnectionLike } from '@temporalio/client'
import type { Config } from '../config/config.ts'

/** How long the start waits for the answer. */
const ANSWER_MS = 5_000

/**
 * Whether Temporal tells workers which activities were cancelled, so that these need not ask by heartbeats.
 * The SDK looks at the same capabilities of the namespace, when its first worker starts. Servers have it from
 * 1.32 on, if their settings `frontend.WorkerCommandsEnabled` and `system.enableCancelActivityWorkerCommand`
 * are on.
 * @returns false, too, if Temporal does not answer
 */
export async function isToldOfCancellations(
  connection: ConnectionLike,
  { namespace }: Config['temporal'],
): Promise<boolean> {
  try {
    const { namespaceInfo } = await connection.withDeadline(Date.now() + ANSWER_MS, () =>
      connection.workflowService.describeNamespace({ namespace }),
    )
    const { workerHeartbeats, workerCommands } = namespaceInfo?.capabilities ?? {}
    return workerHeartbeats === true && workerCommands === true
  } catch {
    // Heartbeats bring cancellations as well, at a price.
    return false
  }
}

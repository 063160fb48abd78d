import { NativeConnection, type Worker } from '@temporalio/worker'
import type { Logger } from '../config/logger.ts'
import type { Config } from '../config/config.ts'
import { nativeOptions } from '../temporal/connect.ts'
import { findTemporalProblem, PATIENT_MS } from '../temporal/find-temporal-problem.ts'
import { watchFiles } from '../tls/watch-files.ts'
import type { Connections } from './connections.ts'

type Temporal = Config['temporal']

/**
 * Gives the workers a new connection whenever a certificate, key or API key in a file has changed. One that does not work is not
 * taken: the workers keep the connection that they have.
 * @returns ends it
 */
export function followTemporalFiles(
  temporal: Temporal,
  workers: readonly Worker[],
  connections: Connections,
  log: Logger,
  lookEveryMs?: number,
): () => void {
  const { tls, apiKey } = temporal
  const paths = [tls?.ca, tls?.cert, tls?.key, apiKey?.file].filter((path) => typeof path === 'string')
  if (paths.length === 0) return () => undefined
  const replace = async () => {
    try {
      const next = await NativeConnection.connect(nativeOptions(temporal))
      const before = connections.native
      for (const worker of workers) worker.connection = next
      connections.native = next
      await before.close()
      log.info({}, 'the worker has a new connection to Temporal, as its files have changed')
    } catch (error) {
      log.error(
        { err: error, reason: await findTemporalProblem(error, temporal, PATIENT_MS) },
        'the files of the connection to Temporal have changed, and with them there is none: the worker keeps the one it has',
      )
    }
  }
  return watchFiles(paths, () => void replace(), lookEveryMs)
}

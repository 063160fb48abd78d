import type { PartitionProgress } from '../../db/read/ledger/progress.ts'
import type { KafkaBounds } from '../context/source-types.ts'
import type { Outlooks } from './outlook.ts'

/** A pace is known after two looks, and is that of a minute after twelve. */
const EVERY_MS = 5_000

type Sources = {
  readLogs: () => Promise<KafkaBounds>
  readProgress: () => Promise<PartitionProgress[]>
}

/** Looks every few seconds how far partitions are read and written. Returns what ends that. */
export function watchPace({ note }: Pick<Outlooks, 'note'>, { readLogs, readProgress }: Sources): () => void {
  const look = async () => {
    const [logs, progress] = await Promise.all([readLogs(), readProgress()])
    if (!logs.ok) return
    const progressOf = new Map(progress.map((one) => [one.partition, one]))
    note(
      logs.bounds.map((log) => ({
        partition: log.partition,
        log,
        progress: progressOf.get(log.partition) ?? null,
      })),
    )
  }
  let isLooking = false
  const timer = setInterval(() => {
    if (isLooking) return
    isLooking = true
    // What is away is said by whoever is asked for it.
    void look()
      .catch(() => undefined)
      .finally(() => {
        isLooking = false
      })
  }, EVERY_MS).unref()
  return () => {
    clearInterval(timer)
  }
}

import type { SliceProgress } from '../../domain/batch/slice-report.ts'
import type { Settled } from './settled.ts'

/** A slice's progress behind one more part. */
export function progressBehind(progress: SliceProgress, { standing, batch }: Settled): SliceProgress {
  const nextOffset = String(standing.next)
  if (batch === null) return { ...progress, nextOffset, parked: progress.parked + 1 }
  return {
    ...progress,
    nextOffset,
    logins: progress.logins + batch.logins,
    rejects: progress.rejects + batch.rejected.length,
    batches: progress.batches + 1,
  }
}

import type { SliceProgress } from '../../domain/batch/slice-report.ts'
import type { CommittedPart } from './committed-part.ts'

/** Adds a part to the progress of a slice. */
export function progressBehind(progress: SliceProgress, { position, batch }: CommittedPart): SliceProgress {
  const nextOffset = String(position.next)
  if (batch === null) return { ...progress, nextOffset, parked: progress.parked + 1 }
  return {
    ...progress,
    nextOffset,
    logins: progress.logins + batch.logins,
    rejects: progress.rejects + batch.rejected.length,
    batches: progress.batches + 1,
  }
}

import type { BatchSelection, RejectSelection } from '../domain/selection.ts'

export const everyParkedBatch: BatchSelection = {
  ids: null,
  partitions: null,
  fromOffset: null,
  toOffset: null,
  parkedFrom: null,
  parkedTo: null,
  error: null,
}

export const everyReject: RejectSelection = {
  reasons: null,
  partitions: null,
  batchIds: null,
  rejectedFrom: null,
  rejectedTo: null,
}

import type { RejectSelection } from '../../../domain/batch/selection.ts'

export const everyReject: RejectSelection = {
  reasons: null,
  partitions: null,
  batchIds: null,
  rejectedFrom: null,
  rejectedTo: null,
}

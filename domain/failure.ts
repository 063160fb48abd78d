/**
 * Classes of failure, decided where the failure arises (kafka/failure.ts, db/failure.ts):
 * - transient: a part is away or busy; the same attempt succeeds later (G5)
 * - permanent: the same input fails again until code or data changes
 * - fenced: another worker owns the partition now; stop without writing (G3)
 * - data_loss: offsets are gone, or the topic is not the one that was counted; halt and name the range (G8)
 */
export type FailureClass = 'transient' | 'permanent' | 'fenced' | 'data_loss'

export type Part = 'kafka' | 'postgres' | 'temporal' | 'rollcall'

export class PipelineFailure extends Error {
  readonly failureClass: FailureClass
  readonly part: Part

  constructor(failureClass: FailureClass, part: Part, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'PipelineFailure'
    this.failureClass = failureClass
    this.part = part
  }
}

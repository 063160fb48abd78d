/**
 * Classes of failure, decided where the failure arises (kafka/failure.ts, db/failure.ts):
 * - transient: a part is away or busy; the same attempt succeeds later (G5)
 * - permanent: the same input fails again until code or data changes
 * - fenced: another worker owns the partition now; stop without writing (G3)
 * - data_loss: offsets are gone, or the topic is not the one that was counted; halt and name the range (G8)
 * - flood: too much of the input is refused; halt before it is written, until an operator looks (domain/flood-guard.ts)
 */
export type FailureClass = 'transient' | 'permanent' | 'fenced' | 'data_loss' | 'flood'

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

/** Records whose bytes cannot be read: the offsets `[from, to)` fail again however often they are fetched (G6). */
export class UndecodableFailure extends PipelineFailure {
  readonly from: bigint
  readonly to: bigint

  constructor(range: { from: bigint; to: bigint }, cause: PipelineFailure) {
    super('permanent', cause.part, cause.message, { cause })
    this.from = range.from
    this.to = range.to
  }
}

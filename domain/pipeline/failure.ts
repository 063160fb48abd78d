import { storableText } from '../login/storable-text.ts'

/**
 * Classes of failure. The code where a failure arises chooses the class (kafka/failure.ts,
 * db/connection/failure.ts):
 * - transient: Kafka, Postgres or Temporal is away or busy; the same attempt succeeds later (G5)
 * - permanent: the same input fails again until code or data changes
 * - fenced: another worker owns the partition now; stop without writing (G3)
 * - data_loss: offsets are gone, or the topic is not the one that was counted; halt and name the range (G8)
 * - defect: Rollcall's own code or a driver's code failed; permanent after DEFECT_ATTEMPTS attempts, never an
 *   outage
 * - flood: too much of the input is refused; halt before it is written (domain/batch/flood-guard.ts)
 */
export type FailureClass = 'transient' | 'permanent' | 'fenced' | 'data_loss' | 'defect' | 'flood'

/** A driver whose connection has just closed may throw a TypeError as well, but not on every attempt. */
export const DEFECT_ATTEMPTS = 3

export type Dependency = 'kafka' | 'postgres' | 'temporal' | 'rollcall'

const MESSAGE_MAX_CHARACTERS = 4_000

export class PipelineFailure extends Error {
  readonly failureClass: FailureClass
  readonly part: Dependency

  constructor(failureClass: FailureClass, part: Dependency, message: string, options?: ErrorOptions) {
    super(storableText(message, MESSAGE_MAX_CHARACTERS), options)
    this.name = 'PipelineFailure'
    this.failureClass = failureClass
    this.part = part
  }
}

/** Errors that JavaScript itself throws. Drivers throw errors of their own, with or without a code. */
const nativeErrors = [TypeError, RangeError, ReferenceError, SyntaxError, EvalError, URIError]

export const isNativeError = (error: unknown): boolean =>
  nativeErrors.some((native) => error instanceof native)

/** Makes a failure of Rollcall's own code. */
export const defect = (error: unknown): PipelineFailure =>
  new PipelineFailure('defect', 'rollcall', `Rollcall: ${String(error)}`, { cause: error })

/** An error without a class is a defect of Rollcall. */
export const asFailure = (error: unknown): PipelineFailure =>
  error instanceof PipelineFailure ? error : defect(error)

/**
 * Records whose bytes cannot be read. The offsets `[from, to)` fail again however often they are fetched
 * (G6).
 */
export class UndecodableFailure extends PipelineFailure {
  readonly from: bigint
  readonly to: bigint

  constructor(range: { from: bigint; to: bigint }, cause: PipelineFailure) {
    super('permanent', cause.part, cause.message, { cause })
    this.from = range.from
    this.to = range.to
  }
}

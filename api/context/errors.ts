import type { ErrorCode } from './error-codes.ts'

/** What clients get beside the code and the message (error-codes.ts says what each means). */
type Details = { argument?: string; cap?: number; asked?: number; keptFrom?: Date | null }

/**
 * A question that cannot be answered, for a reason that its asker can understand: an error at its field with
 * a code, while the other fields are answered. The message says how to ask instead.
 */
export abstract class ExpectedError extends Error {
  abstract readonly code: ErrorCode
  readonly details: Details

  constructor(message: string, details: Details, options?: ErrorOptions) {
    super(message, options)
    this.details = details
  }
}

/** An argument is unusable by itself. */
export class InvalidArgumentError extends ExpectedError {
  readonly code = 'INVALID_ARGUMENT'
  constructor(message: string, argument: string) {
    super(message, { argument })
  }
}

/** The range or moment asks for something that no count can answer. */
export class InvalidRangeError extends ExpectedError {
  readonly code = 'INVALID_RANGE'
  constructor(message: string, argument: string) {
    super(message, { argument })
  }
}

/** Arguments do not go together. */
export class UnsupportedCombinationError extends ExpectedError {
  readonly code = 'UNSUPPORTED_COMBINATION'
  constructor(message: string, argument: string) {
    super(message, { argument })
  }
}

/** The answer, or the work for it, would exceed a cap. */
export class AnswerTooLargeError extends ExpectedError {
  readonly code = 'ANSWER_TOO_LARGE'
  constructor(message: string, { cap, ...details }: Details & { cap: number }) {
    super(message, { ...details, cap })
  }
}

/** What could answer is no longer kept. */
export class DataGoneError extends ExpectedError {
  readonly code = 'DATA_GONE'
  constructor(message: string, details: Pick<Details, 'argument' | 'keptFrom'> = {}) {
    super(message, details)
  }
}

/** No role of who asks permits it. */
export class ForbiddenError extends ExpectedError {
  readonly code = 'FORBIDDEN'
  constructor(message: string, argument?: string) {
    super(message, argument === undefined ? {} : { argument })
  }
}

/** Commands have it among their results, too. */
export class NotFoundError extends ExpectedError {
  readonly code = 'NOT_FOUND'
  constructor(message: string, argument?: string) {
    super(message, argument === undefined ? {} : { argument })
  }
}

export const noSuchBatch = (id: bigint, argument: string) =>
  new NotFoundError(`there is no batch ${id}: the query batches lists those that there are`, argument)

/** A part that the question needs does not answer. */
export class PartUnavailableError extends ExpectedError {
  readonly code: 'KAFKA_UNAVAILABLE' | 'TEMPORAL_UNAVAILABLE' | 'NO_WORKER'
  constructor(code: PartUnavailableError['code'], message: string, options?: ErrorOptions) {
    super(message, {}, options)
    this.code = code
  }
}

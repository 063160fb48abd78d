/**
 * What a client can expect to go wrong, each a GraphQL type of the same name (api/schema/fields/errors.ts). Everything else is
 * masked (api/plugins/mask-error.ts).
 */
export abstract class ExpectedError extends Error {}

/** The range is empty, or of time and not on whole buckets. */
export class InvalidRangeError extends ExpectedError {}

export class RangeTooLargeError extends ExpectedError {
  readonly cap: number
  readonly asked: number
  constructor(message: string, cap: number, asked: number) {
    super(message)
    this.cap = cap
    this.asked = asked
  }
}

export class TooManyRowsError extends ExpectedError {
  readonly cap: number
  constructor(message: string, cap: number) {
    super(message)
    this.cap = cap
  }
}

export class TooManyBatchesError extends ExpectedError {
  readonly cap: number
  constructor(message: string, cap: number) {
    super(message)
    this.cap = cap
  }
}

export class PageTooLargeError extends ExpectedError {
  readonly cap: number
  readonly asked: number
  constructor(message: string, cap: number, asked: number) {
    super(message)
    this.cap = cap
    this.asked = asked
  }
}

/** first, last, before and after do not go together, or a cursor is none of this list. */
export class InvalidPageError extends ExpectedError {}

export class NotFoundError extends ExpectedError {}

/** Text that is no IP address. */
export class InvalidAddressError extends ExpectedError {}

/** Text that is no app version. */
export class InvalidVersionError extends ExpectedError {}

/** Only login rows could answer, and they are kept from `keptFrom` on; null: none are. */
export class RowsGoneError extends ExpectedError {
  readonly keptFrom: Date | null
  constructor(message: string, keptFrom: Date | null) {
    super(message)
    this.keptFrom = keptFrom
  }
}

/** Records that are asked for are not in Kafka any more. */
export class OffsetsGoneError extends ExpectedError {}

export class KafkaUnavailableError extends ExpectedError {}

/** An argument of a command is unusable; nothing was sent, and the audit has it as refused. */
export class InvalidCommandError extends ExpectedError {}

/** Errors of a command that was asked for; `commandId` finds it in the audit. */
export abstract class CommandError extends ExpectedError {
  readonly commandId: string
  constructor(message: string, commandId: string, options?: ErrorOptions) {
    super(message, options)
    this.commandId = commandId
  }
}

export class CommandRefusedError extends CommandError {}
/** An attempt at a parked batch failed again. */
export class BatchFailedError extends CommandError {}
export class CommandFailedError extends CommandError {}
export class TemporalUnavailableError extends CommandError {}
export class NoWorkerError extends CommandError {}

/**
 * A failure that clients should expect. Each class is a GraphQL type of the same name
 * (api/schema/fields/errors.ts). Clients see other errors only as a code or an id
 * (api/plugins/mask-error.ts).
 */
export abstract class ExpectedError extends Error {}

/**
 * The range, moment or filter asks for something that no count can answer; the message says what to ask
 * instead.
 */
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

/** The page arguments do not go together or are out of bounds, or a cursor belongs to another list. */
export class InvalidPageError extends ExpectedError {}

export class NotFoundError extends ExpectedError {}

export const noSuchBatch = (id: bigint) =>
  new NotFoundError(`there is no batch ${id}: the query batches lists those that there are`)

/** The text is not an IP address. */
export class InvalidAddressError extends ExpectedError {}

/** The text is not an app version. */
export class InvalidVersionError extends ExpectedError {}

/** Only rows of logins could answer. They are kept from `keptFrom` on; null: no rows are kept. */
export class RowsGoneError extends ExpectedError {
  readonly keptFrom: Date | null
  constructor(message: string, keptFrom: Date | null) {
    super(message)
    this.keptFrom = keptFrom
  }
}

/** Kafka no longer has the records that the question asks for. */
export class OffsetsGoneError extends ExpectedError {}

export class KafkaUnavailableError extends ExpectedError {}

/** An argument of a command is unusable. Nothing was sent, and the audit records the command as refused. */
export class InvalidCommandError extends ExpectedError {}

/** A command that failed; `commandId` finds it in the audit. */
export abstract class CommandError extends ExpectedError {
  readonly commandId: string
  constructor(message: string, commandId: string, options?: ErrorOptions) {
    super(message, options)
    this.commandId = commandId
  }
}

export class CommandRefusedError extends CommandError {}
/** A parked batch failed again when it was replayed. */
export class BatchFailedError extends CommandError {}
export class CommandFailedError extends CommandError {}
export class TemporalUnavailableError extends CommandError {}
export class NoWorkerError extends CommandError {}

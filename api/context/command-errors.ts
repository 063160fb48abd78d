/**
 * The errors that are results of commands. Each class is a GraphQL type of the same name
 * (api/schema/commands/command-errors.ts).
 */

/** An argument of a command is unusable. Nothing was sent, and the audit records the command as refused. */
export class InvalidCommandError extends Error {}

/** A command that failed; `commandId` finds it in the audit. */
export abstract class CommandError extends Error {
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

import type { OperatorCommand } from '../domain/pipeline/pipeline-state.ts'
import type { ReceivedCommand } from './receive-command.ts'

/** As many as come while a signed command may be on its way, by far: nobody sends one every twelve seconds. */
const KEPT = 50

type Content = Pick<ReceivedCommand, 'commandId' | 'reason' | 'partitions' | 'accept'>

/**
 * The latest commands that a workflow has carried out, also in its earlier runs, whose Updates Temporal no longer
 * compares with new ones. One that only has the same id is another command.
 */
export class ActedCommands {
  readonly #acted: string[]

  constructor(acted: readonly string[]) {
    this.#acted = [...acted]
  }

  has(command: OperatorCommand, content: Content): boolean {
    return this.#acted.includes(keyOf(command, content))
  }

  add(command: OperatorCommand, content: Content): void {
    this.#acted.push(keyOf(command, content))
    if (this.#acted.length > KEPT) this.#acted.shift()
  }

  /** What the next run is to know. */
  list(): string[] {
    return [...this.#acted]
  }
}

const keyOf = (command: OperatorCommand, { commandId, reason, partitions, accept }: Content): string =>
  JSON.stringify([commandId, command, reason, partitions, accept])

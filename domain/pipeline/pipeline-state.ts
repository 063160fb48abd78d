/**
 * What the ingestion of a partition is doing:
 * - running: slices follow each other
 * - waiting: Kafka, Postgres or Temporal is away; it continues by itself
 * - paused: an operator stopped it; nothing runs
 * - halted: it stopped itself, because going on would lose or miscount data; it needs an operator
 * - retired: its topic was re-created without it, and an operator accepted that; it is read no more
 */
export type IngestState = 'running' | 'waiting' | 'paused' | 'halted' | 'retired'

/** The state that needs an operator most comes first. */
export const statesByUrgency = [
  'halted',
  'waiting',
  'paused',
  'running',
  'retired',
] as const satisfies readonly IngestState[]

/** `park` sets aside what the partition is stuck on: a batch, or the outputs of counted batches. */
export type OperatorCommand = 'pause' | 'resume' | 'accept_loss' | 'park'

/** Commands of operators and reports of slices. */
export type IngestCommand = OperatorCommand | 'lose_part' | 'recover' | 'halt' | 'retire'

/** The state after each command; null if the state refuses the command. */
export const nextState: Record<IngestState, Record<IngestCommand, IngestState | null>> = {
  running: {
    pause: 'paused',
    resume: null,
    accept_loss: null,
    park: null,
    lose_part: 'waiting',
    recover: 'running',
    halt: 'halted',
    retire: null,
  },
  waiting: {
    pause: 'paused',
    resume: null,
    accept_loss: null,
    park: 'running',
    lose_part: 'waiting',
    recover: 'running',
    halt: 'halted',
    retire: null,
  },
  // A slice that ran when the pause came may still report. Its report does not undo the pause.
  paused: {
    pause: null,
    resume: 'running',
    accept_loss: null,
    park: null,
    lose_part: 'paused',
    recover: 'paused',
    halt: 'halted',
    retire: null,
  },
  halted: {
    pause: null,
    resume: 'running',
    accept_loss: 'running',
    park: 'running',
    lose_part: 'halted',
    recover: 'halted',
    halt: 'halted',
    retire: 'retired',
  },
  retired: {
    pause: null,
    resume: null,
    accept_loss: null,
    park: null,
    lose_part: 'retired',
    recover: 'retired',
    halt: 'retired',
    retire: 'retired',
  },
}

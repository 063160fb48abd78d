/**
 * What a partition's ingestion is doing.
 * - running: slices follow each other
 * - waiting: running, but a part it needs is away; goes on by itself
 * - paused: an operator stopped it; nothing runs
 * - halted: it stopped itself because going on would lose or miscount data; needs an operator
 * - retired: its topic was created anew without it, and an operator accepted that; it is read no more
 */
export type IngestState = 'running' | 'waiting' | 'paused' | 'halted' | 'retired'

/** What needs an operator most comes first. */
export const statesByUrgency = [
  'halted',
  'waiting',
  'paused',
  'running',
  'retired',
] as const satisfies readonly IngestState[]

/** `park` sets aside what is in hand: a batch, or the outputs of batches that are counted. */
export type OperatorCommand = 'pause' | 'resume' | 'accept_loss' | 'park'

/** Commands of operators, and what the slices of the partition report. */
export type IngestCommand = OperatorCommand | 'lose_part' | 'recover' | 'halt' | 'retire'

/** `null`: the command is refused in that state. */
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
  // A slice that was running when the pause came may still report; its news does not undo the pause.
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

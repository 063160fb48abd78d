/**
 * What a partition's ingestion is doing.
 * - running: slices follow each other
 * - waiting: running, but a part it needs is away; goes on by itself
 * - paused: an operator stopped it; nothing runs
 * - halted: it stopped itself because going on would lose or miscount data; needs an operator
 */
export type IngestState = 'running' | 'waiting' | 'paused' | 'halted'

export type OperatorCommand = 'pause' | 'resume' | 'accept_loss'

/** Commands of operators, and what the slices of the partition report. */
export type IngestCommand = OperatorCommand | 'lose_part' | 'recover' | 'halt'

/** `null`: the command is refused in that state. */
export const nextState: Record<IngestState, Record<IngestCommand, IngestState | null>> = {
  running: {
    pause: 'paused',
    resume: null,
    accept_loss: null,
    lose_part: 'waiting',
    recover: 'running',
    halt: 'halted',
  },
  waiting: {
    pause: 'paused',
    resume: null,
    accept_loss: null,
    lose_part: 'waiting',
    recover: 'running',
    halt: 'halted',
  },
  // A slice that was running when the pause came may still report; its news does not undo the pause.
  paused: {
    pause: null,
    resume: 'running',
    accept_loss: null,
    lose_part: 'paused',
    recover: 'paused',
    halt: 'halted',
  },
  halted: {
    pause: null,
    resume: 'running',
    accept_loss: 'running',
    lose_part: 'halted',
    recover: 'halted',
    halt: 'halted',
  },
}

/**
 * What a partition's ingestion is doing.
 * - running: slices follow each other
 * - waiting: running, but a part it needs is away; goes on by itself
 * - paused: an operator stopped it; nothing runs
 * - halted: it stopped itself because going on would lose or miscount data; needs an operator
 */
export type IngestState = 'running' | 'waiting' | 'paused' | 'halted'

/** `pause` and `resume` come from operators, the others from the slices of the partition itself. */
export type IngestCommand = 'pause' | 'resume' | 'lose_part' | 'recover' | 'halt'

/** `null`: the command is refused in that state. */
export const nextState: Record<IngestState, Record<IngestCommand, IngestState | null>> = {
  running: { pause: 'paused', resume: null, lose_part: 'waiting', recover: 'running', halt: 'halted' },
  waiting: { pause: 'paused', resume: null, lose_part: 'waiting', recover: 'running', halt: 'halted' },
  // A slice that was running when the pause came may still report; its news does not undo the pause.
  paused: { pause: null, resume: 'running', lose_part: 'paused', recover: 'paused', halt: 'halted' },
  halted: { pause: null, resume: 'running', lose_part: 'halted', recover: 'halted', halt: 'halted' },
}

import type { OperatorCommand } from './pipeline-state.ts'

/** The names under which the audit keeps the commands. */
export type CommandName =
  OperatorCommand | 'replay' | 'skip' | 'replay_many' | 'pause_run' | 'resume_run' | 'cancel_run' | 'redrive'

/**
 * How `rollcall` ends. The first four are those of a Nagios plugin (https://nagios-plugins.org/doc/guidelines.html#AEN78), the last two
 * those of sysexits.h and of shells.
 */
export const exitCodes = {
  /** All is well, or the command took effect. */
  ok: 0,
  /** `status` found a problem that can wait. */
  warn: 1,
  /** `status` found a problem that wakes whoever is on call. */
  page: 2,
  /** The API did not answer, or not to you. Nothing was commanded. */
  unknown: 3,
  /** The command was refused, or failed: nothing changed. */
  refused: 4,
  /** The command may still take effect: repeat it with its id. */
  uncertain: 5,
  /** What was typed, or a setting, is wrong: nothing was asked. */
  usage: 64,
  /** Ctrl-C. */
  interrupted: 130,
} as const

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

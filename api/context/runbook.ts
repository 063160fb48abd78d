/** The sections of docs/runbook.md that messages send people to, as its headings are linked. */
export const runbookSections = [
  'a-certificate-expires',
  'a-part-does-not-answer',
  'a-replica-is-behind',
  'accept-a-loss',
  'commands-that-do-not-take-effect',
  'halted-partitions',
  'no-worker',
  'parked-batches',
  'paused-partitions',
  'resume',
  'retention-comes-near',
  'rollups-are-behind',
  'tables-that-disagree',
  'the-audit-chain-breaks',
] as const
export type RunbookSection = (typeof runbookSections)[number]

/** Where to read on, from the root of the project. */
export const runbook = (section: RunbookSection): string => `docs/runbook.md#${section}`

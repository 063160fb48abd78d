/** The sections of docs/runbook.md that messages send people to, as its headings are linked. */
export const runbookSections = [
  'accept-a-loss',
  'commands-that-do-not-take-effect',
  'halted-partitions',
  'parked-batches',
  'resume',
  'rollcallauditbroken',
  'rollcallcertificateexpires',
  'rollcalldependencyaway',
  'rollcalldiscrepancy',
  'rollcallnoworker',
  'rollcalloutputswithheld',
  'rollcallpartitionwaiting',
  'rollcallpaused',
  'rollcallreconciliationoverdue',
  'rollcallreplicabehind',
  'rollcallrollupsbehind',
  'rollcallunreadexpire',
] as const
export type RunbookSection = (typeof runbookSections)[number]

/** Where to read on, from the root of the project. */
export const runbook = (section: RunbookSection): string => `docs/runbook.md#${section}`

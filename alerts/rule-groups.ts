import type { Alert, RuleGroup } from './alert.ts'
import { ingestionAlerts } from './ingestion-alerts.ts'
import { numberAlerts } from './number-alerts.ts'
import { partAlerts } from './part-alerts.ts'
import { servingAlerts } from './serving-alerts.ts'

/** Every rule that deploy/monitoring/rollcall-alerts.yml has. */
export const ruleGroups: readonly RuleGroup[] = [ingestionAlerts, servingAlerts, numberAlerts, partAlerts]

export const alerts: readonly Alert[] = ruleGroups.flatMap((group) => group.alerts)

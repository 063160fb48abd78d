import type { AuditDetails } from './audit-event.ts'

type Settings = AuditDetails['settings_changed']['settings']

/** What a secret is shown as begins so. */
export const FINGERPRINT = 'fingerprint '

/** What differs between the settings of a start and those of the start before. Null: nothing. */
export function changedSettings(
  before: Settings,
  now: Settings,
): AuditDetails['settings_changed']['changed'] | null {
  const changed = [...new Set([...Object.keys(before), ...Object.keys(now)])]
    .sort()
    .filter((name) => before[name] !== now[name])
    .map((name) => {
      const from = before[name] ?? null
      const to = now[name] ?? null
      const isSecret = [from, to].some((value) => value?.startsWith(FINGERPRINT) === true)
      return [name, isSecret ? ('changed' as const) : { from, to }] as const
    })
  return changed.length === 0 ? null : Object.fromEntries(changed)
}

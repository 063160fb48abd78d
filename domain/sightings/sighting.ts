export const sightingKinds = ['user', 'device', 'address'] as const

export type SightingKind = (typeof sightingKinds)[number]

/** Who may be seen together: on a day (UTC of the event, days since 1970-01-01). */
export type SightingGroupName = {
  kind: SightingKind
  day: number
  /** Of their logins, one of each facet. Null: not looked at, as with devices and addresses. */
  values: readonly string[] | null
}

export type SightingGroup = SightingGroupName & { ids: string[] }

export type Sightings = SightingGroup[]

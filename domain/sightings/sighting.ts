export const sightingKinds = ['user', 'device', 'address'] as const

export type SightingKind = (typeof sightingKinds)[number]

/** Groups ids by their kind, day (UTC of the event, days since 1970-01-01) and values. */
export type SightingGroupName = {
  kind: SightingKind
  day: number
  /** Values of the logins, one for each facet; null for devices and addresses. */
  values: readonly string[] | null
}

export type SightingGroup = SightingGroupName & { ids: string[] }

export type Sightings = SightingGroup[]

import type { SightingKind } from '../../domain/sightings/sighting.ts'

/**
 * For each kind: the table that maps ids to numbers, the column of `login` with the id, and that of
 * hour_login with numbers.
 */
export const idTables = {
  user: { table: 'app_user', id: 'user_id', numbers: 'users' },
  device: { table: 'device', id: 'device_id', numbers: 'devices' },
  address: { table: 'address', id: 'ip', numbers: 'addresses' },
} as const satisfies Record<SightingKind, { table: string; id: string; numbers: string }>

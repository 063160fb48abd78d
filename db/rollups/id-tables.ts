import { plurals, type SightingKind } from '../../domain/sightings/sighting.ts'

/**
 * For each kind: the table that maps ids to numbers, the column of `login` with the id, and that of
 * hour_login with numbers.
 */
export const idTables = {
  user: { table: 'app_user', id: 'user_id', numbers: plurals.user },
  device: { table: 'device', id: 'device_id', numbers: plurals.device },
  address: { table: 'address', id: 'ip', numbers: plurals.address },
} as const satisfies Record<SightingKind, { table: string; id: string; numbers: string }>

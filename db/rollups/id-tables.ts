import type { SightingKind } from '../../domain/sightings/sighting.ts'

/** Where the ids of a kind have their numbers, and the columns that have them: `id` of login, `numbers` of hour_login. */
export const idTables = {
  user: { table: 'app_user', id: 'user_id', numbers: 'users' },
  device: { table: 'device', id: 'device_id', numbers: 'devices' },
  address: { table: 'address', id: 'ip', numbers: 'addresses' },
} as const satisfies Record<SightingKind, { table: string; id: string; numbers: string }>

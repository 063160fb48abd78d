import type { PresenceKind } from '../domain/presence.ts'

/** Where the ids of a kind have their numbers, and the column of `login` that has the same name. */
export const dictionaries = {
  user: { table: 'app_user', id: 'user_id' },
  device: { table: 'device', id: 'device_id' },
  address: { table: 'address', id: 'ip' },
} as const satisfies Record<PresenceKind, { table: string; id: string }>

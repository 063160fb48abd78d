import { type Role, roles } from './role.ts'

/** What roles permit, and who has it. Every field, argument and command of the API needs one of these. */
export const permissions = {
  figures: {
    roles,
    about: 'Counts, rates, series, batches and the state of ingestion: nothing about a person.',
  },
  persons: {
    roles: ['analyst'],
    about:
      'User ids, device ids, IP addresses, events, and what rejects hold; also to filter and group by them.',
  },
  failures: {
    roles: ['analyst', 'operator', 'auditor'],
    about: 'Errors and spellings in the words of programs and producers, which may quote anything.',
  },
  commands: { roles: ['operator'], about: 'Commands to the pipeline.' },
  audit: { roles: ['operator', 'auditor'], about: 'Who commanded what, and the runs of commands.' },
  reconciliation: { roles: ['operator', 'auditor'], about: 'Whether the tables agree, and where not.' },
  tokens: { roles: ['admin'], about: 'Service tokens: to make, list and revoke them.' },
} as const satisfies Record<string, { roles: readonly Role[]; about: string }>

export type Permission = keyof typeof permissions

export const isPermission = (text: unknown): text is Permission =>
  typeof text === 'string' && Object.hasOwn(permissions, text)

/** Whether one of these roles permits it. */
export const isPermitted = (held: readonly Role[], permission: Permission): boolean => {
  const permitted: readonly Role[] = permissions[permission].roles
  return held.some((role) => permitted.includes(role))
}

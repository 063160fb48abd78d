/** What a person or a program may do. Roles add up; docs/permissions.md has what each may ask and command. */
export const roles = ['viewer', 'analyst', 'operator', 'admin', 'auditor'] as const

export type Role = (typeof roles)[number]

/** Groups of identity providers by the role that their members have. */
export type RoleGroups = Readonly<Partial<Record<Role, readonly string[]>>>

export const isRole = (text: string): text is Role => (roles as readonly string[]).includes(text)

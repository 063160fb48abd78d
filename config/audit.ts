import type { z } from 'zod'
import { type Secret, secretOf } from './secret.ts'
import type { settings } from './settings.ts'

export type AuditConfig = {
  /** Signs heads; null: they are not signed. */
  signingKey: Secret | null
  /** PEM file of the public keys whose signatures count; null: that of the signing key does. */
  publicKeys: string | null
  checkEveryMinutes: number
  /** Whether who looks at whom is audited. */
  reads: boolean
  /** 0 keeps events for ever. */
  retentionDays: number
}

export const auditOf = (env: z.infer<typeof settings>): AuditConfig => ({
  signingKey: secretOf('AUDIT_SIGNING_KEY', env.AUDIT_SIGNING_KEY, env.AUDIT_SIGNING_KEY_FILE),
  publicKeys: env.AUDIT_PUBLIC_KEYS_FILE ?? null,
  checkEveryMinutes: env.AUDIT_CHECK_EVERY_MINUTES,
  reads: env.AUDIT_READS === 'persons',
  retentionDays: env.AUDIT_RETENTION_DAYS,
})

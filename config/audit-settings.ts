import { choice, integer, topicName } from './setting-kinds.ts'
import { file, optional } from './wire-settings.ts'

export const auditSettings = {
  KAFKA_AUDIT_HEADS_TOPIC: topicName('rollcall-audit-heads').describe(
    'Topic of the heads of the audit chain, which no other Rollcall uses.',
  ),
  AUDIT_SIGNING_KEY: optional(
    'Ed25519 private key (PEM, PKCS #8) that signs the heads; unset, heads are not signed.',
  ),
  AUDIT_SIGNING_KEY_FILE: file('File with the key instead; read again at each head.'),
  AUDIT_PUBLIC_KEYS_FILE: file(
    'PEM file of the public keys whose signatures count: those of before, and where the private key is not. Unset, that of the private key.',
  ),
  AUDIT_CHECK_EVERY_MINUTES: integer(60, 0, 10_080).describe(
    'Minutes from one check of the whole audit chain by the workers to the next; 0 turns it off.',
  ),
  AUDIT_READS: choice(['none', 'persons'], 'none').describe(
    'Which answers the audit has: none, or all that show persons or are asked for by them. Needs PSEUDONYM_KEY.',
  ),
  AUDIT_RETENTION_DAYS: integer(0, 0, 36_500).describe(
    'Days that events of the audit are kept; 0 keeps them for ever.',
  ),
}

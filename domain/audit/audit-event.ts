/** Who did something, and answers for it. */
export type AuditActor = {
  /** Who vouches for it, such as the issuer of its token; null: nobody. */
  issuer: string | null
  /** What the issuer knows it by, the same for ever. */
  subject: string
  name: string
  /** Whether it was proven. If not, its sender chose subject and name. */
  verified: boolean
}

/**
 * What the detail of each kind holds. A person that an event is about, other than the actor, is in it as a
 * pseudonym. No secret is in it.
 */
export type AuditDetails = {
  /** A command to the pipeline. Its id is the event's. */
  command: {
    command: string
    topic: string
    /** Null: the whole topic. */
    partitions: readonly number[] | null
    reason: string
    /** What came of it, or why it was refused or failed. */
    facts: Facts
  }
  /** A request that its sender had no permission for, or whose arguments were unusable, and that is no `command`. */
  request_refused: { field: string; refusal: string; facts?: Facts }
  /** Somebody began a session, or was refused one. */
  sign_in: { provider: string; address: string | null; refusal?: string; facts?: Facts }
  /** A session ended: by its user, its provider, its age, or somebody else. */
  sign_out: { provider: string; by: 'user' | 'provider' | 'limit' | 'admin'; facts?: Facts }
  /** Requests of one address (null: of many) that were refused for one reason, from `at` until a minute later. */
  identity_refused: { address: string | null; code: string; refusal: string; count: number; until: string }
  token_made: { tokenId: string; name: string; roles: readonly string[]; expiresAt: string | null }
  token_revoked: { tokenId: string; name: string; reason?: string }
  /** An actor was seen with other roles than before. */
  roles_changed: { before: readonly string[]; after: readonly string[] }
  /** A process started with other settings than it had; secrets are only said to be changed. */
  settings_changed: {
    process: 'worker' | 'upkeep' | 'api'
    changed: Readonly<Record<string, SettingChange>>
    /** All that are set; fingerprints of secrets. */
    settings: Readonly<Record<string, string>>
  }
  database_migrated: { applied: readonly string[]; version: string }
  topics_created: { topics: readonly string[] }
  /** A public key with which others verify what Rollcall signs. */
  key_published: { use: string; keyId: string; publicKey: string }
  /** A workflow was ended or reset past the commands. */
  workflow_interfered: {
    workflowId: string
    runId: string
    how: 'terminated' | 'reset' | 'cancelled'
    reason: string
    /** Who Temporal was told it was, which proves nothing; null: it was not told. */
    claimedBy: string | null
  }
  /** The events through `seq` are pruned; `hash` is that of the last of them, and both are signed as a head is. */
  checkpoint: { seq: number; hash: string; events: number; keyId: string | null; signature: string | null }
  /** Somebody looked at a person, device or address, which is in it as a pseudonym. */
  persons_read: {
    by: 'query' | 'command' | 'subscription'
    /** Where it was asked from. */
    address: string | null
    /** The header x-request-id of its sender, such as a proxy; null: it had none. */
    requestId: string | null
    /** The fields that showed it and the arguments that asked by it, and how often each did. */
    fields: Readonly<Record<string, number>>
    /** How many different ones of each kind. */
    counts: Readonly<Partial<Record<'user' | 'device' | 'address' | 'event' | 'session' | 'record', number>>>
    /** Their pseudonyms, as masked answers have them, and the places of rejected records. */
    whom: readonly string[]
    /** How many of them `whom` leaves out. */
    more: number
  }
  /** Somebody took data out. */
  exported: { what: string; facts?: Facts }
}

/** What JSON can say. */
type Facts = Readonly<Record<string, unknown>>
type SettingChange = { from: string | null; to: string | null } | 'changed'

export type AuditKind = keyof AuditDetails
export type AuditResult = 'done' | 'refused' | 'failed'

/** One event of the audit. */
export type AuditEvent<Kind extends AuditKind = AuditKind> = {
  [One in Kind]: {
    /** Appending the same event again changes nothing, so that a retry has no second row. Unique, such as a UUID. */
    id: string
    kind: One
    /** When it happened, ISO 8601 in UTC. */
    at: string
    /** Null: Rollcall itself, by configuration or schedule. */
    actor: AuditActor | null
    result: AuditResult
    detail: AuditDetails[One]
  }
}[Kind]

const described: Record<AuditKind, string> = {
  command: 'A command to the pipeline',
  request_refused: 'A request that its sender had no permission for, or with unusable arguments',
  sign_in: 'Somebody signed in, or was refused',
  sign_out: 'A session ended',
  identity_refused: 'Requests that nobody vouched for',
  token_made: 'A service token was made',
  token_revoked: 'A service token was revoked',
  roles_changed: 'Somebody was seen with other roles',
  settings_changed: 'A process started with other settings',
  database_migrated: 'The schema of the database was changed',
  topics_created: 'Topics were created',
  key_published: 'A public key was published',
  workflow_interfered: 'A workflow was ended or reset past the commands',
  checkpoint: 'Old events were pruned',
  persons_read: 'Somebody looked at a person, a device or an address',
  exported: 'Somebody took data out',
}

/** The closed list of kinds, each with what it means. */
export const auditKinds: Readonly<Record<AuditKind, string>> = described

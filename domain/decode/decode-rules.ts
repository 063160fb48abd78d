/**
 * Raise the version when the same bytes come to mean something else. Code must still decode by the version
 * before, so that batches can be published again.
 */
export type RulesVersion = 1 | 2 | 3

/**
 * What decides a record besides its bytes and the clock. Each batch stores its rules, so that it shows how it
 * was decided and can be published again as it was. A limit that is null does not apply.
 */
export type DecodeRules = {
  version: RulesVersion
  /** Largest value in bytes that is accepted (LOGIN_MAX_BYTES). */
  maxBytes: number | null
  /** Events that are more days than this before the clock are rejected (EVENT_MAX_AGE_DAYS). */
  maxAgeDays: number | null
  /**
   * Logins whose record on processed-data would take more bytes are rejected. It is that topic's
   * max.message.bytes.
   */
  maxOutputBytes: number | null
}

export const CURRENT_RULES_VERSION: RulesVersion = 3

/**
 * The rules of batches that were written before batches stored their rules. Table `rejected_login` has what
 * was rejected then.
 */
export const firstRules: DecodeRules = { version: 1, maxBytes: null, maxAgeDays: null, maxOutputBytes: null }

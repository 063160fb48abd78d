/** Raised when the same bytes mean something else than before; the version before stays readable (publishing again). */
export type RulesVersion = 1 | 2

/**
 * What decides a record beside its bytes and the clock. Kept with each batch, so that it is known afterwards by what it was
 * decided, and published again as it was. Limits that are null do not hold.
 */
export type DecodeRules = {
  version: RulesVersion
  /** Longer values, in bytes, are rejected (LOGIN_MAX_BYTES). */
  maxBytes: number | null
  /** Events more days than this before the clock are rejected (EVENT_MAX_AGE_DAYS). */
  maxAgeDays: number | null
  /** Logins whose record on processed-data would take more bytes are rejected: the topic's max.message.bytes. */
  maxOutputBytes: number | null
}

export const CURRENT_RULES_VERSION: RulesVersion = 2

/** Of batches that were written before rules were kept: what was rejected then is in its table. */
export const firstRules: DecodeRules = { version: 1, maxBytes: null, maxAgeDays: null, maxOutputBytes: null }

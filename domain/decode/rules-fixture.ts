import { CURRENT_RULES_VERSION, type DecodeRules } from './decode-rules.ts'

/** Rules for tests: the current ones, with generous limits. */
export const rulesWith = (change: Partial<DecodeRules> = {}): DecodeRules => ({
  version: CURRENT_RULES_VERSION,
  maxBytes: 100_000,
  maxAgeDays: null,
  maxOutputBytes: null,
  ...change,
})

/** Half-open, Unix milliseconds, both on a whole minute. */
export type MinuteRange = { fromMs: number; toMs: number }

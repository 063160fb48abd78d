/**
 * What random tests choose by: the same in each run, so that a change which breaks none of them breaks none of
 * them elsewhere. `TEST_SEED=7 npm test` chooses by another.
 */
export const seed = Number(process.env['TEST_SEED'] ?? 1)

/** `npm run test:slow` runs random tests with four times the questions that `npm test` has. */
export const isThorough = process.env['TEST_THOROUGH'] === 'true'

/**
 * What random tests choose by: the same in each run, so that a change which breaks none of them breaks none of
 * them elsewhere. `TEST_SEED=7 npm test` chooses by another.
 */
export const seed = Number(process.env['TEST_SEED'] ?? 1)

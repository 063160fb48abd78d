import { readFileSync } from 'node:fs'
import { inject } from 'vitest'

/** The workflows as Temporal's sandbox runs them, bundled once for the run. */
export const workflowBundle = (): { code: string } => ({
  code: readFileSync(inject('stackEnvironment')['WORKFLOW_BUNDLE'] ?? '', 'utf8'),
})

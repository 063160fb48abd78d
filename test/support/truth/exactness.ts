import { expect } from 'vitest'
import type { GroundTruth } from '../../../generator/ground-truth.ts'
import { comparePostgres } from './compare-postgres.ts'
import { compareTopics, readOutputs } from './compare-topics.ts'
import type { Deployment } from '../deployment/deployment.ts'
import { eventually } from '../eventually.ts'
import { endOfLog, progress } from '../deployment/progress.ts'

/**
 * Waits until all of the input topic is counted and published, then compares Postgres, `processed-data` and the dead
 * letter queue with the books: nothing lost, nothing twice.
 */
export async function expectExact(
  deployment: Deployment,
  truth: GroundTruth,
  withinMs = 90_000,
): Promise<void> {
  await eventually(async () => {
    const end = await endOfLog(deployment)
    expect(await progress(deployment)).toEqual({ read: end, published: end })
  }, withinMs)
  expect(await comparePostgres(deployment.sql, truth)).toEqual([])
  // A broker answers a commit before its markers are in every partition.
  await eventually(async () => {
    expect(await compareTopics(await readOutputs(deployment), deployment.sql, truth)).toEqual([])
  }, MARKERS_MS)
}

const MARKERS_MS = 5_000

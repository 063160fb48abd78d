import { type Expected, GroundTruth } from '../../../generator/ground-truth.ts'
import type { ScenarioRecord } from '../../../generator/scenario.ts'

/** What Kafka acknowledged: the sums, and record by record. */
export class RecordBook {
  readonly truth = new GroundTruth()
  readonly byKey = new Map<string, Expected>()

  add(records: readonly ScenarioRecord[]): void {
    for (const { key, expected } of records) {
      this.truth.add(expected)
      this.byKey.set(key, expected)
    }
  }
}

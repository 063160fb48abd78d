import type { Connection } from '@temporalio/client'
import { searchAttributes } from '../workflows/contract.ts'

/** Numbers of temporal.api.enums.v1.IndexedValueType. */
const indexedValueType = { KEYWORD: 2, INT: 3 } as const

/**
 * Registers the search attributes that the workflows set and that are missing. Without them no workflow can
 * start.
 */
export async function registerSearchAttributes(connection: Connection, namespace: string): Promise<void> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace })
  const missing = Object.entries(searchAttributes).filter(([name]) => !(name in customAttributes))
  if (missing.length === 0) return
  await connection.operatorService.addSearchAttributes({
    namespace,
    searchAttributes: Object.fromEntries(missing.map(([name, type]) => [name, indexedValueType[type]])),
  })
}

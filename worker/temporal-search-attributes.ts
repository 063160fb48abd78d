import type { Connection } from '@temporalio/client'
import { searchAttributes } from '../workflows/contract.ts'

/** Numbers of temporal.api.enums.v1.IndexedValueType. */
const indexedValueType = { KEYWORD: 2, INT: 3 } as const

/** Of google.rpc.Code: PERMISSION_DENIED, UNIMPLEMENTED, UNAUTHENTICATED. */
const REFUSALS = [7, 12, 16]
/** As the command line of Temporal has them. */
const typeNames = { KEYWORD: 'Keyword', INT: 'Int' } as const

/** Somebody else has to register search attributes. The message says which. */
export class AttributesMissing extends Error {
  override name = 'AttributesMissing'
}

/**
 * Registers the search attributes that the workflows set and that are missing. Without them no workflow can
 * start.
 * @throws {AttributesMissing} Temporal lets this process read and not register them, as Temporal Cloud does
 */
export async function registerSearchAttributes(connection: Connection, namespace: string): Promise<void> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace })
  const missing = Object.entries(searchAttributes).filter(([name]) => !(name in customAttributes))
  if (missing.length === 0) return
  try {
    await connection.operatorService.addSearchAttributes({
      namespace,
      searchAttributes: Object.fromEntries(missing.map(([name, type]) => [name, indexedValueType[type]])),
    })
  } catch (error) {
    if (!REFUSALS.includes((error as { code?: number }).code ?? 0)) throw error
    const names = missing.map(([name, type]) => `${name} (${typeNames[type]})`).join(', ')
    throw new AttributesMissing(
      `Temporal does not let this worker register search attributes: have an administrator add ${names} to the namespace ${namespace}`,
      { cause: error },
    )
  }
}

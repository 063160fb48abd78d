/** The types that have a global id. */
const nodeTypes = [
  ...['Address', 'Attempt', 'AuditEvent', 'Batch', 'ControlEvent', 'Device', 'Discrepancy', 'Insight'],
  ...['ReconciliationRun', 'RejectedRecord', 'ServiceToken', 'User'],
] as const

/** `id`: the numbers that the row is found by. */
type NodeId = { typename: string; id: string }

/** The numbers that a row is found by, as the part of a global id. */
export const nodeKey = (...numbers: (bigint | number)[]): string => numbers.join('.')

/** The numbers of nodeKey. */
export const numbersOf = (id: string): bigint[] => id.split('.').map(BigInt)

/** A global id. It is made of numbers of the database, so that it holds no personal value. */
export const encodeGlobalId = (typename: string, id: bigint | number | string): string =>
  Buffer.from(`${typename}:${id}`).toString('base64url')

const GLOBAL_ID = /^(\w+):((?:\d{1,18}\.)?\d{1,18})$/

/** What is no global id has the typename ''. */
export function decodeGlobalId(globalId: string): NodeId {
  const [, typename = '', id = ''] = GLOBAL_ID.exec(Buffer.from(globalId, 'base64url').toString()) ?? []
  return (nodeTypes as readonly string[]).includes(typename) ? { typename, id } : { typename: '', id: '' }
}

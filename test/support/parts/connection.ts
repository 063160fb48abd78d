/** A page of a list, as GraphQL gives it. */
export type Connection = {
  edges: { cursor: string; node: Record<string, unknown> }[]
  pageInfo: {
    hasNextPage: boolean
    hasPreviousPage: boolean
    endCursor: string | null
    startCursor: string | null
  }
}

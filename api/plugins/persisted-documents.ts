import type { GraphQLParams, Plugin } from 'graphql-yoga'
import type { ErrorCode } from '../context/error-codes.ts'
import { requestError } from '../context/request-error.ts'

/** Documents by their hash, which clients may send instead of the document. */
export type PersistedDocuments = {
  /** Null: there are none. */
  byHash: ReadonlyMap<string, string> | null
  /** Whether no others are run. */
  only: boolean
}

/**
 * Runs documents that a request names by hash: as `documentId` of GraphQL over HTTP, or as Apollo's clients
 * do. These try a hash alone first. PERSISTED_QUERY_NOT_FOUND makes them send this document with its text,
 * and PERSISTED_QUERY_NOT_SUPPORTED all from then on; nothing is stored for them.
 * https://github.com/graphql/graphql-over-http/blob/main/spec/Appendix%20A%20--%20Persisted%20Documents.md
 * https://www.apollographql.com/docs/apollo-server/performance/apq
 */
export const runPersistedDocuments = ({ byHash, only }: PersistedDocuments): Plugin => ({
  onParams({ params, setParams }) {
    const hasText = typeof params.query === 'string'
    if (hasText && (params as Params).documentId != null) throw badRequest(DOCUMENT_TWICE)
    if (byHash === null) {
      if (!hasText && namesDocument(params)) throw notSupported()
      return
    }
    if (hasText) {
      if (only) throw documentRequired()
      return
    }
    const hash = hashOf(params)
    if (hash === null) {
      if (only) throw documentRequired()
      return
    }
    const query = byHash.get(hash)
    if (query === undefined) throw notFound()
    // Yoga refuses parameters that it does not know.
    setParams({ ...params, query, documentId: undefined } as GraphQLParams)
  },
})

type Params = GraphQLParams & { documentId?: unknown }

const namesDocument = ({ documentId, extensions }: Params): boolean =>
  documentId != null || extensions?.['persistedQuery'] != null

/**
 * The hash by which a request names its document; null: it names none.
 * @throws {GraphQLError} it is malformed
 */
function hashOf({ documentId, extensions }: Params): string | null {
  if (typeof documentId === 'string') return documentId.replace(/^sha256:/, '')
  if (documentId != null) throw badRequest('documentId must be a text, such as "sha256:" and a hash')
  const persisted: unknown = extensions?.['persistedQuery']
  if (persisted == null) return null
  const { version, sha256Hash } = persisted as { version?: unknown; sha256Hash?: unknown }
  if (version === 1 && typeof sha256Hash === 'string') return sha256Hash
  throw badRequest('extensions.persistedQuery must be {"version": 1, "sha256Hash": "…"}')
}

const refusal = (message: string, code: ErrorCode, status: number) =>
  requestError(code, message, { http: { spec: true, status } })

const DOCUMENT_TWICE = 'query and documentId do not go together: send one of them'

// Some of Apollo's clients know the two by their messages.
const notFound = () => refusal('PersistedQueryNotFound', 'PERSISTED_QUERY_NOT_FOUND', 404)
const notSupported = () => refusal('PersistedQueryNotSupported', 'PERSISTED_QUERY_NOT_SUPPORTED', 400)
const documentRequired = () =>
  refusal(
    'this API runs persisted documents only: send the hash of one as documentId or extensions.persistedQuery, and no query',
    'PERSISTED_DOCUMENT_REQUIRED',
    400,
  )
const badRequest = (message: string) => refusal(message, 'BAD_REQUEST', 400)

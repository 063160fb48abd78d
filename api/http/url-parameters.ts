import { requestError } from '../context/request-error.ts'

const NAMES = ['query', 'operationName', 'variables', 'extensions', 'documentId'] as const

/**
 * The parameters of a request by GET. Those that GraphQL over HTTP does not know are ignored, as caches and proxies
 * add some.
 * @throws {GraphQLError} one is given twice, or is no JSON
 */
export function parametersOfUrl({ searchParams }: URL): Partial<Record<(typeof NAMES)[number], unknown>> {
  const repeated = NAMES.find((name) => searchParams.getAll(name).length > 1)
  if (repeated !== undefined) throw unusable(`the URL has the parameter ${repeated} more than once`)
  const text = (name: (typeof NAMES)[number]) => searchParams.get(name) || undefined
  return {
    query: text('query'),
    operationName: text('operationName'),
    documentId: text('documentId'),
    variables: parsed('variables', text('variables')),
    extensions: parsed('extensions', text('extensions')),
  }
}

function parsed(name: string, text: string | undefined): unknown {
  if (text === undefined) return undefined
  try {
    return JSON.parse(text)
  } catch {
    throw unusable(
      `the URL parameter ${name} must be JSON, percent-encoded, such as ${name}=%7B%22first%22%3A10%7D`,
    )
  }
}

const unusable = (message: string) => requestError('BAD_REQUEST', message, { http: { status: 400 } })

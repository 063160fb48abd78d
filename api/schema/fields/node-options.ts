import type { GraphQLResolveInfo, GraphQLSchema } from 'graphql'
import { isPermitted, type Permission } from '../../../domain/access/permission.ts'
import type { ApiContext } from '../../context/context.ts'
import { forbidden, needs } from '../../context/permission.ts'
import { decodeGlobalId, encodeGlobalId } from '../../context/global-id.ts'
import { AnswerTooLargeError, InvalidArgumentError, NotFoundError } from '../../context/errors.ts'

const MOST_IDS = 100

/** How Pothos makes the interface `Node`, and the questions for whatever has a global id. */
export const nodeOptions = {
  encodeGlobalID: encodeGlobalId,
  decodeGlobalID: decodeGlobalId,
  idFieldOptions: {
    description:
      'Global id, opaque, for `node` and as a key of caches. It holds no personal value, and stays the same for as long as the ' +
      'database does: one that is counted anew gives new ones.',
  },
  nodeTypeOptions: { extensions: needs('figures'), description: 'Whatever has a global id.' },
  nodeQueryOptions: {
    extensions: needs('figures'),
    description: 'Whatever has this global id.',
    args: { id: { description: 'The id.' } },
    resolve: async (
      _: unknown,
      { id }: { id: { typename: string } },
      context: ApiContext,
      { schema }: GraphQLResolveInfo,
      resolveNode: (id: never) => unknown,
    ) => {
      checkId(id, 'id', context, schema)
      const node = await resolveNode(undefined as never)
      if (node == null) throw new NotFoundError('there is nothing with this id any more', 'id')
      return node as never
    },
  },
  nodesQueryOptions: {
    extensions: needs('figures'),
    nullable: { list: true, items: true },
    complexity: { field: 1, multiplier: MOST_IDS },
    description: 'Whatever has these global ids, in their order; null where there is nothing any more.',
    args: { ids: { description: `The ids, at most ${MOST_IDS}.` } },
    resolve: (
      _: unknown,
      { ids }: { ids: readonly { typename: string }[] },
      context: ApiContext,
      { schema }: GraphQLResolveInfo,
      resolveNodes: (ids: never) => unknown,
    ) => {
      if (ids.length > MOST_IDS)
        throw new AnswerTooLargeError(
          `ids: ${ids.length} are more than the cap of ${MOST_IDS}: ask in several requests`,
          { argument: 'ids', cap: MOST_IDS, asked: ids.length },
        )
      ids.forEach((id, i) => {
        checkId(id, `ids[${i}]`, context, schema)
      })
      return resolveNodes(undefined as never) as never
    },
  },
} as const

/** Also whether the asker may have what it is of, before it is looked for. */
function checkId(
  { typename }: { typename: string },
  argument: string,
  { roles, look }: ApiContext,
  schema: GraphQLSchema,
): void {
  if (typename === '')
    throw new InvalidArgumentError(
      `${argument} is not a global id: use one as a field \`id\` returned it`,
      argument,
    )
  const permission = schema.getType(typename)?.extensions['permission'] as Permission
  if (!isPermitted(roles, permission)) throw forbidden(permission, `a ${typename}`, argument)
  // Whose id it is, its fields say; here, that somebody asks whether there is one.
  if (permission === 'persons') look?.field(argument === 'id' ? 'Query.node(id)' : 'Query.nodes(ids)')
}

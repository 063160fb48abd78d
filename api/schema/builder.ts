import SchemaBuilder from '@pothos/core'
import ErrorsPlugin from '@pothos/plugin-errors'
import RelayPlugin from '@pothos/plugin-relay'
import ScopeAuthPlugin from '@pothos/plugin-scope-auth'
import { isPermitted, type Permission, permissions } from '../../domain/access/permission.ts'
import type { GraphQLObjectType } from 'graphql'
import type { Role } from '../../domain/access/role.ts'
import type { CalendarDate, Moment } from '../../domain/time/moment.ts'
import { limits } from '../context/limits.ts'
import { forbidden, needs } from '../context/permission.ts'
import { requestError } from '../context/request-error.ts'
import { type Countable, DEFAULT_PAGE } from '../questions/connection.ts'
import { capitalised } from './fields/enum-values.ts'
import { nodeOptions } from './fields/node-options.ts'
import '../plugins/check-arguments.ts'
import '../plugins/complexity.ts'
import '../plugins/permissions.ts'
import type { ApiContext } from '../context/context.ts'

type SchemaTypes = {
  Context: ApiContext
  AuthScopes: Record<Permission, boolean>
  Connection: Countable
  DefaultFieldNullability: false
  DefaultEdgesNullability: false
  DefaultNodeNullability: false
  Scalars: {
    BigInt: { Input: bigint; Output: bigint | number }
    Offset: { Input: bigint; Output: bigint | string }
    DateTime: { Input: Date; Output: Date }
    Date: { Input: CalendarDate; Output: Date }
    Moment: { Input: Moment; Output: never }
    JSON: { Input: never; Output: unknown }
  }
}

/** The files of api/schema/ add their types and fields to it, one file per noun. */
export const builder = new SchemaBuilder<SchemaTypes>({
  // The first is outermost: nothing is read for somebody who may not have it.
  plugins: [ScopeAuthPlugin, 'permissions', ErrorsPlugin, RelayPlugin, 'complexityOfAll', 'checkArguments'],
  defaultFieldNullability: false,
  scopeAuth: {
    authScopes: ({ roles }) => scopesOf(roles),
    unauthorizedError: (_parent, _context, { parentType, fieldName }) =>
      forbidden(neededFor(parentType, fieldName), `${parentType.name}.${fieldName}`),
  },
  errors: {
    directResult: true,
    defaultUnionOptions: { name: ({ fieldName }) => `${capitalised(fieldName)}Result` },
  },
  relay: {
    cursorType: 'String',
    ...nodeOptions,
    edgesFieldOptions: {
      nullable: false,
      description: 'The rows of the page, each with its cursor.',
      // The connection itself counts its rows (api/questions/connection.ts).
      complexity: { field: 1, multiplier: 1 },
    },
    nodesOnConnection: {
      description: 'The rows of the page.',
      complexity: { field: 1, multiplier: 1 },
    },
    nodeFieldOptions: { nullable: false, description: 'The row.' },
    cursorFieldOptions: { description: 'Opaque place of the row in the list, for after and before; stable.' },
    pageInfoFieldOptions: { description: 'Where the page is in the list.' },
    pageInfoTypeOptions: { extensions: needs('figures'), description: 'Where a page is in its list.' },
    hasNextPageFieldOptions: {
      description: 'Whether there are rows after this page, as far as the server looked.',
    },
    hasPreviousPageFieldOptions: {
      description: 'Whether there are rows before this page, as far as the server looked.',
    },
    startCursorFieldOptions: { description: 'Cursor of the first row of the page, for before.' },
    endCursorFieldOptions: { description: 'Cursor of the last row of the page, for after.' },
    firstArgOptions: {
      description: `Rows from the start of the list or after the cursor \`after\`; ${DEFAULT_PAGE} when neither first nor last is given, ${limits.page} at most.`,
    },
    afterArgOptions: { description: 'Cursor that the page comes after.' },
    lastArgOptions: {
      description: `Rows from the end or before the cursor \`before\`; ${limits.page} at most.`,
    },
    beforeArgOptions: { description: 'Cursor that the page comes before.' },
  },
  complexity: {
    limit: { complexity: limits.complexity, depth: limits.depth, breadth: limits.breadth },
    complexityError: (kind, { complexity, depth, breadth }) => {
      const asked = { Complexity: complexity, Depth: depth, Breadth: breadth }[kind]
      const name = kind.toLowerCase() as 'complexity' | 'depth' | 'breadth'
      return requestError(
        'TOO_COMPLEX',
        `the query's ${name} of ${asked} is more than the cap of ${limits[name]}: ask for ${advice[name]}`,
        { cap: limits[name], asked },
      )
    },
  },
})

const scopesOf = (roles: readonly Role[]) =>
  Object.fromEntries(
    Object.keys(permissions).map((permission) => [permission, isPermitted(roles, permission as Permission)]),
  ) as Record<Permission, boolean>

/** The permission of a field, which api/plugins/permissions.ts gave it. */
const neededFor = (type: GraphQLObjectType, field: string) =>
  type.getFields()[field]?.extensions['permission'] as Permission

const advice = {
  complexity: 'smaller pages, fewer fields, or in several requests',
  depth: 'fewer levels',
  breadth: 'fewer fields, or in several requests',
}

builder.queryType({
  description: 'Questions. All fields of a request are read from one snapshot of one database node.',
})
builder.mutationType({
  description: 'Commands. Each leaves a row in the audit; those to the pipeline are listed by controlEvents.',
})

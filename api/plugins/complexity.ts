import SchemaBuilder, { type SchemaTypes } from '@pothos/core'
import { PothosComplexityPlugin } from '@pothos/plugin-complexity'
import { type GraphQLInputType, type GraphQLResolveInfo, typeFromAST, valueFromAST } from 'graphql'

declare global {
  // eslint-disable-next-line @typescript-eslint/no-namespace -- Pothos finds the types of its plugins here
  export namespace PothosSchemaTypes {
    // eslint-disable-next-line @typescript-eslint/consistent-type-definitions -- merged with the interface of Pothos
    interface Plugins<Types extends SchemaTypes> {
      complexityOfAll: ComplexityOfAll<Types>
    }
  }
}

/**
 * Pothos' cap on the complexity of a request, but for one thing: a variable that is null where an argument must
 * not be null fails the field, and not the request. Where GraphQL lets such a variable be named, the argument or
 * the variable has a default, by which the field is reckoned.
 * https://spec.graphql.org/October2021/#sec-All-Variable-Usages-are-Allowed
 */
class ComplexityOfAll<Types extends SchemaTypes> extends PothosComplexityPlugin<Types> {
  override checkComplexity(context: Types['Context'], info: GraphQLResolveInfo): void {
    super.checkComplexity(context, { ...info, variableValues: withDefaults(info) })
  }
}

/** The variables of a request, with their defaults in place of null. */
function withDefaults({ operation, schema, variableValues }: GraphQLResolveInfo): Record<string, unknown> {
  const defaults = new Map(
    (operation.variableDefinitions ?? []).map(({ variable, type, defaultValue }) => [
      variable.name.value,
      valueFromAST(defaultValue, typeFromAST(schema, type) as GraphQLInputType),
    ]),
  )
  return Object.fromEntries(
    Object.entries(variableValues)
      .map(([name, value]): [string, unknown] => [name, value ?? defaults.get(name)])
      .filter(([, value]) => value !== undefined),
  )
}

// The types of Pothos are not made for exactOptionalPropertyTypes.
SchemaBuilder.registerPlugin(
  'complexityOfAll',
  ComplexityOfAll as unknown as Parameters<typeof SchemaBuilder.registerPlugin<'complexityOfAll'>>[1],
)

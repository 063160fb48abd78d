import SchemaBuilder, { BasePlugin, type PothosOutputFieldConfig, type SchemaTypes } from '@pothos/core'
import { type GraphQLFieldResolver, responsePathAsArray } from 'graphql'
import { InvalidArgumentError } from '../context/errors.ts'
import type { RequestContext } from '../context/context.ts'
import { argumentProblem } from './arguments.ts'
import { emptyFilters } from './empty-filters.ts'

declare global {
  // eslint-disable-next-line @typescript-eslint/no-namespace -- Pothos finds the types of its plugins here
  export namespace PothosSchemaTypes {
    // eslint-disable-next-line @typescript-eslint/consistent-type-definitions -- merged with the interface of Pothos
    interface Plugins<Types extends SchemaTypes> {
      checkArguments: CheckArguments<Types>
    }
  }
}

/**
 * Refuses a field with unusable arguments before its resolver runs; the other fields are answered. Warns of a
 * filter that matches nothing by itself. Commands
 * check their arguments themselves, so that the audit has the refusal (api/commands/accept-command.ts).
 */
class CheckArguments<Types extends SchemaTypes> extends BasePlugin<Types> {
  override wrapResolve(
    resolve: GraphQLFieldResolver<unknown, Types['Context'], object>,
    { args, parentType }: PothosOutputFieldConfig<Types>,
  ): GraphQLFieldResolver<unknown, Types['Context'], object> {
    if (Object.keys(args).length === 0 || parentType === 'Mutation') return resolve
    return (parent, given, context, info) => {
      const problem = argumentProblem(given)
      if (problem !== null) throw new InvalidArgumentError(problem.message, problem.argument)
      const path = responsePathAsArray(info.path)
      const { warnings } = context as unknown as Pick<RequestContext, 'warnings'>
      for (const warning of emptyFilters(given)) warnings.push({ path, ...warning })
      return resolve(parent, given, context, info)
    }
  }
}

SchemaBuilder.registerPlugin('checkArguments', CheckArguments)

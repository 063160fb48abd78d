import SchemaBuilder, {
  BasePlugin,
  type PothosOutputFieldConfig,
  PothosSchemaError,
  type SchemaTypes,
} from '@pothos/core'
import type { GraphQLFieldResolver } from 'graphql'
import { isPermission, isPermitted, type Permission } from '../../domain/access/permission.ts'
import type { ApiContext } from '../context/context.ts'
import { type About, type AboutParent, forbidden, type Mask } from '../context/permission.ts'
import { forbiddenArgument } from './forbidden-argument.ts'
import { masked } from './masked-values.ts'
import { notingLooks } from './note-looks.ts'

declare global {
  // eslint-disable-next-line @typescript-eslint/no-namespace -- Pothos finds the types of its plugins here
  export namespace PothosSchemaTypes {
    // eslint-disable-next-line @typescript-eslint/consistent-type-definitions -- merged with the interface of Pothos
    interface Plugins<Types extends SchemaTypes> {
      permissions: Permissions<Types>
    }
  }
}

type Resolver<Types extends SchemaTypes> = GraphQLFieldResolver<unknown, Types['Context'], object>

/** Everybody who may ask at all has it, so that nothing is checked where it is enough. */
const EVERYBODY: Permission = 'figures'
const PERSONAL: Permission = 'persons'
const ROOTS = ['Query', 'Mutation']

/**
 * Gives every field its permission, and does not build a schema that has a field without one: that of its
 * `extensions`, else that of its type. Scope-auth refuses a field for which the asker lacks it, unless the field
 * is masked. Also refuses arguments and values of enums that need more than their field.
 */
class Permissions<Types extends SchemaTypes> extends BasePlugin<Types> {
  override onOutputFieldConfig(field: PothosOutputFieldConfig<Types>): PothosOutputFieldConfig<Types> {
    const permission = this.#permissionOf(field)
    const extensions = { ...field.extensions, permission }
    if (permission === EVERYBODY || maskOf(field) !== undefined) return { ...field, extensions }
    const pothosOptions = { ...field.pothosOptions, authScopes: { [permission]: true } }
    return { ...field, extensions, pothosOptions: pothosOptions as never }
  }

  override wrapResolve(resolve: Resolver<Types>, field: PothosOutputFieldConfig<Types>): Resolver<Types> {
    return withMask(withArguments(this.#withLook(resolve, field), field), field)
  }

  #withLook(resolve: Resolver<Types>, field: PothosOutputFieldConfig<Types>): Resolver<Types> {
    const { parentType, name, args } = field
    const isPersonal = field.extensions?.['permission'] === PERSONAL
    const own = (field.extensions as About<AboutParent> | undefined)?.about
    if (!isPersonal && own === undefined && Object.keys(args).length === 0) return resolve
    const mask = maskOf(field)
    // What is masked by a pseudonym names its own subject.
    const isNamed = mask !== undefined && mask !== 'nothing' && mask !== 'text'
    const about = own ?? (isPersonal && !isNamed ? this.#aboutOf(parentType) : undefined)
    const shown = { name: `${parentType}.${name}`, isPersonal, mask, about }
    return notingLooks(resolve, shown) as Resolver<Types>
  }

  #aboutOf(type: string): AboutParent | undefined {
    const { extensions } = this.buildCache.getTypeConfig(type) as { extensions?: About<AboutParent> }
    return extensions?.about
  }

  #permissionOf({ extensions, parentType, name }: PothosOutputFieldConfig<Types>): Permission {
    const own = extensions?.['permission'] ?? (ROOTS.includes(parentType) ? null : this.#ofType(parentType))
    if (isPermission(own)) return own
    throw new PothosSchemaError(
      `${parentType}.${name} has no permission: give it, or its type, extensions: needs('figures')`,
    )
  }

  /** A page of a list, and a place in it, need what its rows need. */
  #ofType(name: string): unknown {
    const rows = name.replace(/(Connection|Edge)$/, '')
    const { extensions } = this.buildCache.getTypeConfig(rows) as { extensions?: Record<string, unknown> }
    return extensions?.['permission']
  }
}

const maskOf = ({ extensions }: { extensions?: Record<string, unknown> | null | undefined }) =>
  extensions?.['mask'] as Mask | undefined

function withMask<Types extends SchemaTypes>(
  resolve: Resolver<Types>,
  field: PothosOutputFieldConfig<Types>,
): Resolver<Types> {
  const mask = maskOf(field)
  if (mask === undefined) return resolve
  const permission = field.extensions?.['permission'] as Permission
  return (parent, args, context, info) => {
    const value = resolve(parent, args, context, info)
    const { roles, pseudonym } = context as ApiContext
    if (isPermitted(roles, permission)) return value
    return value instanceof Promise
      ? value.then((settled: unknown) => masked(mask, settled, pseudonym))
      : masked(mask, value, pseudonym)
  }
}

function withArguments<Types extends SchemaTypes>(
  resolve: Resolver<Types>,
  { args }: PothosOutputFieldConfig<Types>,
): Resolver<Types> {
  if (Object.keys(args).length === 0) return resolve
  return (parent, given, context, info) => {
    const field = info.parentType.getFields()[info.fieldName]
    const found = field === undefined ? null : forbiddenArgument(field, given, (context as ApiContext).roles)
    if (found !== null) throw forbidden(found.permission, found.argument, found.argument)
    return resolve(parent, given, context, info)
  }
}

SchemaBuilder.registerPlugin('permissions', Permissions)

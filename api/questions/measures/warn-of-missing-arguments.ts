import { type GraphQLResolveInfo, responsePathAsArray } from 'graphql'
import type { ApiContext } from '../../context/context.ts'
import type { SelectedField } from '../selected-fields.ts'

/** Of the arguments of `measures`, those that others and fields do nothing without. */
type Given = {
  bucket?: unknown
  groupBy: readonly unknown[]
  first?: unknown
  orderBy?: unknown
  having?: unknown
}

/** Warns of fields that are empty, and of arguments that do nothing, because another argument was not given. */
export function warnOfMissingArguments(
  { warnings }: Pick<ApiContext, 'warnings'>,
  info: Pick<GraphQLResolveInfo, 'path'>,
  { bucket, groupBy, first, orderBy, having }: Given,
  selected: readonly SelectedField[],
): void {
  const path = responsePathAsArray(info.path)
  const isSelected = (...names: string[]) => selected.some(({ path }) => names.includes(path.join('.')))
  const warn = (what: string, argument: string, example: string) =>
    warnings.push({
      code: 'MISSING_ARGUMENT',
      path,
      argument,
      message: `without ${argument}, ${what}: give it, such as ${argument}: ${example}`,
    })
  if (bucket == null && isSelected('points', 'groups.points', 'other.points', 'buckets'))
    warn('there are no buckets and no points', 'bucket', 'DAY')
  if (groupBy.length > 0) return
  const unused = Object.entries({ first, orderBy, having }).flatMap(([name, value]) =>
    value == null ? [] : [name],
  )
  if (isSelected('groups')) warn('there are no groups', 'groupBy', '[LOCALE]')
  else if (unused.length > 0) warn(`${unused.join(' and ')} do nothing`, 'groupBy', '[LOCALE]')
}

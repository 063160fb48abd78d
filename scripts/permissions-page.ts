import { type GraphQLNamedType, isEnumType, isInputObjectType, isObjectType } from 'graphql'
import type { Needs } from '../api/context/permission.ts'
import { schema } from '../api/schema/schema.ts'
import { isPermitted, type Permission, permissions } from '../domain/access/permission.ts'
import { roles } from '../domain/access/role.ts'
import { generatedPage, markdownTable } from './generated-page.ts'

const intro = `# Permissions

<!-- Made by \`npm run permissions\` from the schema and domain/access/permission.ts; change it there. -->

With identity ([operations](operations.md#identity)), everybody who asks or commands has roles, which add up. What no role of theirs
permits is refused with \`FORBIDDEN\`, or masked: ids become pseudonyms, texts \`hidden\`, everything else null. Equal values have
equal pseudonyms, so that they can be counted and compared; who knows when somebody logged in can still tell which pseudonym is
theirs. Answers are cached and shared among those with the same roles only. In local mode everybody has all roles.

## What roles permit
`

type Extended = { name: string; extensions: Readonly<Record<string, unknown>> }

const cells = (permission: Permission, otherwise = 'no') =>
  roles.map((role) => (isPermitted([role], permission) ? 'yes' : otherwise))

const needsOf = ({ extensions }: Extended) => extensions as Partial<Needs>

/** Makes the text of docs/permissions.md: what each role may ask, by field and by argument. */
export async function permissionsPage(file: string): Promise<string> {
  const types = Object.values(schema.getTypeMap())
    .filter(({ name }) => !name.startsWith('__') && name !== 'Subscription')
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
  return await generatedPage(file, [
    intro,
    markdownTable(
      ['Permission', 'For', ...roles],
      Object.entries(permissions).map(([name, { about }]) => [
        `\`${name}\``,
        about,
        ...cells(name as Permission),
      ]),
    ),
    '## Fields\n\nA subscription needs what its question needs.\n',
    markdownTable(['Type', 'Fields', 'Permission', ...roles], types.flatMap(fieldRows)),
    '## Arguments\n\nThese need more than their field; all others need what their field needs.\n',
    markdownTable(['Argument', 'Permission', ...roles], [...types.flatMap(argumentRows), ...headerRows]),
  ])
}

/** A row for all fields of a type that need the same. */
function fieldRows(type: GraphQLNamedType): string[][] {
  if (!isObjectType(type)) return []
  const groups = Map.groupBy(Object.values(type.getFields()), (field) => {
    const { permission, mask } = needsOf(field)
    return `${permission} ${mask === undefined ? 'no' : 'masked'}`
  })
  return [...groups].map(([key, fields]) => {
    const [permission, otherwise] = key.split(' ') as [Permission, string]
    const names = fields.map(({ name }) => `\`${name}\``).join(', ')
    return [`\`${type.name}\``, names, `\`${permission}\``, ...cells(permission, otherwise)]
  })
}

function argumentRows(type: GraphQLNamedType): string[][] {
  const inputs: readonly Extended[] = isEnumType(type)
    ? type.getValues()
    : isInputObjectType(type)
      ? Object.values(type.getFields())
      : []
  return inputs.flatMap((input) => {
    const { permission } = needsOf(input)
    return permission === undefined
      ? []
      : [[`\`${type.name}.${input.name}\``, `\`${permission}\``, ...cells(permission)]]
  })
}

const headerRows = [['header `x-rollcall-read-after` with `event:…`', '`persons`', ...cells('persons')]]

import { type GraphQLResolveInfo, responsePathAsArray } from 'graphql'
import { readNumbers, readUnindexedIds } from '../../../db/read/engagement/member-numbers.ts'
import type { UnnumberedMembers } from '../../../domain/measures/unnumbered-members.ts'
import { plurals, type SightingKind, sightingKinds } from '../../../domain/sightings/sighting.ts'
import type { ApiContext } from '../../context/context.ts'
import { limits } from '../../context/limits.ts'
import { namedAddresses } from '../addresses.ts'
import { namedTexts } from '../named-texts.ts'
import { networkMembers } from '../network-members.ts'

/** Whose attempts count; anybody's where a list is left out or null. */
export type MemberLists = Partial<
  Record<(typeof plurals)[SightingKind], readonly string[] | null | undefined>
>

/** Numbers of members, by kind; see UnnumberedMembers. */
export type MemberFilter = Partial<Record<SightingKind, ReadonlySet<number>>>

/** Whether a filter is by users, devices or addresses. */
export const isByMembers = (asked: MemberLists | null | undefined): boolean =>
  Object.values(plurals).some((field) => asked?.[field] != null)

/**
 * Resolves lists of ids to numbers, as of the snapshot of the request. Who is not known becomes a warning.
 * @throws {InvalidArgumentError} if a text is no IP address or network
 * @throws {AnswerTooLargeError} if there are more networks, or addresses of networks, than the caps
 */
export async function knownMembers(
  context: ApiContext,
  asked: MemberLists | null | undefined,
  unnumbered: UnnumberedMembers,
  info: Pick<GraphQLResolveInfo, 'path'>,
): Promise<MemberFilter> {
  const members: MemberFilter = {}
  for (const kind of sightingKinds) {
    const texts = asked?.[plurals[kind]]
    if (texts == null) continue
    const argument = `filter.${plurals[kind]}`
    const { numbers, unknown } = await resolve(context, { kind, texts, argument }, unnumbered)
    members[kind] = numbers
    if (unknown.length === 0) continue
    const message = unknownMessage(kind, unknown)
    context.warnings.push({ code: 'UNKNOWN_VALUE', path: responsePathAsArray(info.path), argument, message })
  }
  return members
}

type Listed = { kind: SightingKind; texts: readonly string[]; argument: string }
type Resolved = { numbers: Set<number>; unknown: string[] }

async function resolve(
  context: Pick<ApiContext, 'read'>,
  { kind, texts, argument }: Listed,
  unnumbered: UnnumberedMembers,
): Promise<Resolved> {
  if (kind !== 'address') return await byIds(context, kind, new Map(texts.map((id) => [id, id])), unnumbered)
  const { single, networks } = namedAddresses(texts, argument)
  const { numbers, unknown } = await byIds(context, kind, single, unnumbered)
  const within = await networkMembers(context, networks, { argument, most: limits.networkAddresses })
  for (const [ip, number] of within.numbers) numbers.add(number ?? unnumbered.numberOf(kind, ip))
  return { numbers, unknown: [...unknown, ...within.empty] }
}

/** @param textOf what the client wrote, by id */
async function byIds(
  { read }: Pick<ApiContext, 'read'>,
  kind: SightingKind,
  textOf: ReadonlyMap<string, string>,
  unnumbered: UnnumberedMembers,
): Promise<Resolved> {
  const ids = [...textOf.keys()]
  const known = await read((session) => readNumbers(session, kind, ids))
  const others = ids.filter((id) => !known.has(id))
  const seen = await read((session) => readUnindexedIds(session, kind, others))
  return {
    numbers: new Set([...known.values(), ...[...seen].map((id) => unnumbered.numberOf(kind, id))]),
    unknown: others.filter((id) => !seen.has(id)).map((id) => textOf.get(id) ?? id),
  }
}

function unknownMessage(kind: SightingKind, unknown: readonly string[]): string {
  const how = kind === 'address' ? 'no attempt came from there' : 'ids are exact'
  const isOfNetworks = kind === 'address' && unknown.some((text) => text.includes('/'))
  const what = isOfNetworks ? 'IP address or network' : words[kind]
  return `${namedTexts(unknown)}: no known ${what}, and matches nothing; ${how}`
}

const words: Record<SightingKind, string> = { user: 'user', device: 'device', address: 'IP address' }

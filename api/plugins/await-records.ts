import type { Plugin } from 'graphql-yoga'
import type { RequestContext } from '../context/context.ts'
import { sizeOfRecords } from '../context/named-records.ts'
import { readSetsReach, reaches } from '../../db/read/engagement/pending-sightings.ts'
import type { ReadRequirement } from '../../db/nodes/requirement.ts'
import type { AwaitCounted, Counted, CountedInSets } from '../context/source-types.ts'
import { type ExecutedRequest, operationType } from './operation.ts'
import { readsSets } from './reads-sets.ts'

type Execution = ExecutedRequest & { contextValue: RequestContext & { request: Request } }

/**
 * Returns what waits until everything that x-rollcall-read-after names is counted, and is in the sets if the request reads
 * them. It returns null for a request that need not wait.
 */
export const untilCounted =
  ({ until }: AwaitCounted) =>
  async (args: Execution): Promise<Counted | null> => {
    const { awaited, request } = args.contextValue
    if (awaited === null) return null
    const areSetsRead = readsSets(args)
    // The router alone sees to tokens, unless what they stand for has to be in the sets.
    if (!areSetsRead && sizeOfRecords(awaited.records) === 0) return null
    return await until({ ...awaited, areSetsRead }, request.signal)
  }

/**
 * Makes a question wait before it takes a slot or a connection. The snapshot that answers is checked once more
 * (ReadRequirement), because it may be of a replica that is behind.
 */
export function awaitRecords(counted: AwaitCounted): Plugin<RequestContext> & Disposable {
  const untilAllCounted = untilCounted(counted)
  return {
    async onExecute({ args }) {
      if (operationType(args) !== 'query') return
      const reached = await untilAllCounted(args)
      if (reached === null) return
      args.contextValue.hasWaited = true
      if (reached.inSets !== null) requireInSets(args.contextValue.requirement, reached.inSets)
    },
    [Symbol.dispose]: counted.stop,
  }
}

function requireInSets(requirement: ReadRequirement, { writtenAt }: CountedInSets): void {
  const { shows } = requirement
  requirement.shows = async (session) =>
    (shows === null || (await shows(session))) && reaches(await readSetsReach(session), writtenAt)
}

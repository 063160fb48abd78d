import type { Plugin } from 'graphql-yoga'
import type { RequestContext } from '../context/context.ts'
import { noteCode, notesHere } from '../context/request-notes.ts'
import { type ExecutedRequest, operationType, rootFields } from './operation.ts'

/** Notes for the access log what requests ask for, by the names of the schema. Comes before what answers without executing. */
export const noteRequests: Plugin<RequestContext> = {
  onExecute({ args }) {
    note(args)
  },
  onSubscribe({ args }) {
    note(args)
  },
  onResultProcess({ result }) {
    for (const one of Array.isArray(result) ? result : [result])
      if ('errors' in one) for (const { extensions } of one.errors ?? []) noteCode(codeOf(extensions['code']))
  },
}

function note(request: ExecutedRequest): void {
  const notes = notesHere()
  if (notes === undefined) return
  notes.operation = operationType(request)
  for (const { name } of rootFields(request)) notes.fields.add(name.value)
}

const codeOf = (code: unknown): string => (typeof code === 'string' ? code : 'none')

import { randomUUID } from 'node:crypto'
import type { Plugin } from 'graphql-yoga'
import type { Logger } from '../context/logger.ts'
import { logFieldsHere } from '../../config/logger.ts'
import { knownPath, noteCode } from '../context/request-notes.ts'
import { refusalBody } from './refusal-body.ts'

type OnRequest = NonNullable<Plugin['onRequest']>
type OnResponse = NonNullable<Plugin['onResponse']>

/**
 * A plugin whose hooks before and after GraphQL answer with an id where they throw what nobody expected: the HTTP adapter would
 * send the stack, with paths and settings, to whoever asked.
 */
export const containErrors =
  (logger: Logger) =>
  <Contained extends Plugin<object>>(plugin: Contained): Contained => {
    const { onRequest, onResponse } = plugin as { onRequest?: OnRequest; onResponse?: OnResponse }
    const answerTo = (err: unknown, { fetchAPI, request }: Parameters<OnRequest | OnResponse>[0]) => {
      const errorId = randomUUID()
      const path = knownPath(request.url.replace(/^\w+:\/\/[^/]*/, ''))
      logger.error({ errorId, err, path }, 'a request failed unexpectedly: its client was given this errorId')
      noteCode('UNEXPECTED')
      const message = `an unexpected error happened: the log of the API has its cause under the errorId ${errorId}`
      return fetchAPI.Response.json(
        refusalBody(message, 'UNEXPECTED', { errorId, requestId: logFieldsHere().requestId }),
        { status: 500 },
      )
    }
    return {
      ...plugin,
      ...(onRequest !== undefined && {
        onRequest: async (hook: Parameters<OnRequest>[0]) => {
          try {
            await onRequest(hook)
          } catch (error) {
            hook.endResponse(answerTo(error, hook))
          }
        },
      }),
      ...(onResponse !== undefined && {
        onResponse: async (hook: Parameters<OnResponse>[0]) => {
          try {
            await onResponse(hook)
          } catch (error) {
            hook.setResponse(answerTo(error, hook))
          }
        },
      }),
    }
  }

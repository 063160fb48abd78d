import { request } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { onTestFinished } from 'vitest'
import { HOST } from '../../../stack/processes/ports.ts'

export type LiveEvent = {
  id: string
  atMs: number
  text: string
  answer: {
    data: Record<string, unknown> | null
    errors?: { extensions: { code: string } }[]
    extensions?: {
      freshness: { readAt: string; watermark: string | null; lag: number | null; isComplete: boolean }
    }
  }
}

export type Subscription = {
  events: LiveEvent[]
  /** Stops and starts reading. */
  pause: () => void
  resume: () => void
  close: () => void
  ended: Promise<void>
}

/** Subscribes at the API on a port of this machine. */
export async function subscribe(
  port: number,
  query: string,
  headers: Record<string, string> = {},
): Promise<Subscription> {
  const response = await open(port, query, headers)
  const events: LiveEvent[] = []
  let text = ''
  response.setEncoding('utf8').on('data', (part: string) => {
    const whole = (text + part).split('\n\n')
    text = whole.pop() ?? ''
    events.push(...whole.flatMap(parseEvent))
  })
  const { promise: ended, resolve } = Promise.withResolvers<undefined>()
  response.once('close', () => {
    resolve(undefined)
  })
  response.on('error', () => undefined)
  return {
    events,
    pause: () => response.pause(),
    resume: () => response.resume(),
    close: () => response.destroy(),
    ended,
  }
}

/** Sends a subscription, and returns the answer with its body unread. */
async function open(
  port: number,
  query: string,
  headers: Record<string, string> = {},
): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  const all = { 'content-type': 'application/json', accept: 'text/event-stream', ...headers }
  const sent = request({ host: HOST, port, path: '/graphql', method: 'POST', headers: all }, resolve)
  sent.once('error', reject).end(JSON.stringify({ query }))
  const response = await promise
  onTestFinished(() => {
    response.destroy()
  })
  return response
}

function parseEvent(event: string): LiveEvent[] {
  const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(event)?.[1]
  const text = field('data')
  if (text === undefined) return []
  return [
    { id: field('id') ?? '', atMs: performance.now(), text, answer: JSON.parse(text) as LiveEvent['answer'] },
  ]
}

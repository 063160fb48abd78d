import { createServer as createHttpServer, request } from 'node:http'
import { expect, onTestFinished, test, vi } from 'vitest'
import type { ApiDeps } from './deps.ts'
import { noCommands, serve } from '../server-fixture.ts'

const PAUSE =
  '{"query":"mutation { pauseIngestion(reason: \\"test\\") { ... on IngestionCommandSuccess { commandId } } }"}'

/** A server, and the actor of the first command that it receives. */
function serveCommands() {
  const controlIngestion = vi.fn<ApiDeps['commands']['controlIngestion']>()
  controlIngestion.mockRejectedValue(new Error('Temporal is away'))
  const { server, post } = serve({ commands: { ...noCommands, controlIngestion } })
  return { server, post, actor: () => controlIngestion.mock.calls[0]?.[0].actor.name }
}

/** The actor of a command that is sent over HTTP with these bytes as the header. */
async function actorOverHttp(header: Buffer): Promise<string | undefined> {
  const { server, actor } = serveCommands()
  const http = createHttpServer((incoming, response) => void server(incoming, response))
  onTestFinished(() => {
    http.close()
  })
  const listening = Promise.withResolvers<undefined>()
  http.listen(0, '127.0.0.1', () => {
    listening.resolve(undefined)
  })
  await listening.promise
  const address = http.address()
  const { port } = typeof address === 'object' && address !== null ? address : { port: 0 }
  const answered = Promise.withResolvers<undefined>()
  // Node writes headers as Latin-1, each character as one byte, unless the body is text.
  const headers = { 'content-type': 'application/json', 'x-rollcall-actor': header.toString('latin1') }
  request({ host: '127.0.0.1', port, path: '/graphql', method: 'POST', headers }, (response) => {
    response.resume().once('end', () => {
      answered.resolve(undefined)
    })
  })
    .once('error', answered.reject)
    .end(Buffer.from(PAUSE))
  await answered.promise
  return actor()
}

async function actorOfFetch(header: Buffer): Promise<string | undefined> {
  const { post, actor } = serveCommands()
  await post(JSON.parse(PAUSE), { 'x-rollcall-actor': header.toString('latin1') })
  return actor()
}

const utf8 = (text: string) => Buffer.from(text, 'utf8')
const family = '👩‍👩‍👧'

test.each([
  ['UTF-8', utf8('José'), 'José'],
  ['UTF-8 of other scripts', utf8('李雷 Ωμέγα'), '李雷 Ωμέγα'],
  ['emoji, joined ones too', utf8(`ann ${family}`), `ann ${family}`],
  ['Latin-1', Buffer.from('José', 'latin1'), 'José'],
  ['UTF-8 that breaks off', utf8('José').subarray(0, -1), 'JosÃ'],
  ['plain ASCII', utf8('ann'), 'ann'],
  ['spaces around', utf8('\u00a0ann '), 'ann'],
  ['nothing but spaces', utf8('\u00a0'), 'anonymous'],
  ['a control character of UTF-8', utf8('a\u0085b'), 'a\ufffdb'],
  ['text that would be shown backwards', utf8('ann\u202etxt'), 'ann\ufffdtxt'],
  ['129 characters of two halves each', utf8('😀'.repeat(129)), '😀'.repeat(128)],
  ['thousands of characters', utf8('é'.repeat(5_000)), 'é'.repeat(128)],
])('an actor whose name is %s is kept so, over HTTP and by fetch', async (_, header, actor) => {
  expect(await actorOverHttp(header)).toBe(actor)
  expect(await actorOfFetch(header)).toBe(actor)
})

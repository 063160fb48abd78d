import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer as createPlain } from 'node:http'
import { createServer } from 'node:https'
import type { Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { providerTls } from '../../config/wires.ts'
import { createAuthority, type Leaf } from '../../stack/parts/certificates.ts'
import { listen as listening, readLeaf } from '../../test/support/tls/listening.ts'
import { fetchJson } from './fetch-json.ts'
import { createProviderFetch } from './provider-fetch.ts'

const HOST = 'localhost'

async function listen(server: Server): Promise<number> {
  onTestFinished(() => void server.close())
  return await listening(server)
}

/** Serves a JSON object over TLS, and sends /moved elsewhere. Returns where. */
async function serve(leaf: Leaf): Promise<string> {
  const server = createServer(readLeaf(leaf), (request, response) => {
    if (request.url === '/moved') response.writeHead(302, { location: '/' })
    response.end('{"is": "there"}')
  })
  return `https://${HOST}:${await listen(server)}`
}

async function setUp() {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-provider-'))
  onTestFinished(() => {
    rmSync(folder, { recursive: true })
  })
  const own = await createAuthority(folder, 'own')
  const other = await createAuthority(folder, 'other')
  const ask = (url: string, ca: string | undefined = own.file) =>
    fetchJson(createProviderFetch(providerTls(ca)), url)
  return { folder, own, other, ask }
}

it('a provider is asked whose certificate a CA of OIDC_CA_FILE issued', async () => {
  const { own, ask } = await setUp()
  expect(await ask(await serve(await own.issue('good', { name: HOST, dns: [HOST] })))).toEqual({
    is: 'there',
  })
})

it('a CA file that changes counts at the next connection', async () => {
  const { folder, own, other } = await setUp()
  const url = await serve(await own.issue('good', { name: HOST, dns: [HOST] }))
  const file = join(folder, 'mounted.pem')
  copyFileSync(other.file, file)
  const fetch = createProviderFetch(providerTls(file))
  await expect(fetchJson(fetch, url)).rejects.toThrow('OIDC_CA_FILE')
  copyFileSync(own.file, file)
  expect(await fetchJson(fetch, url)).toEqual({ is: 'there' })
})

it.each([
  ['of another CA', 'no CA of OIDC_CA_FILE issued', 'other', { dns: [HOST] }],
  ['for another host', 'not for the host in OIDC_ISSUERS', 'own', { dns: ['elsewhere.example'] }],
  ['that has expired', 'has expired', 'own', { dns: [HOST], valid: 'expired' }],
  ['that is not valid yet', 'is not valid yet', 'own', { dns: [HOST], valid: 'not yet' }],
] as const)('a certificate %s is refused, and the message says what to set', async (_, said, by, options) => {
  const authorities = await setUp()
  const url = await serve(
    await authorities[by].issue('wrong', { name: HOST, ...options, dns: [...options.dns] }),
  )
  await expect(authorities.ask(url)).rejects.toThrow(said)
})

it('without OIDC_CA_FILE the message says to set it; what speaks no TLS is said, too', async () => {
  const { own, ask } = await setUp()
  const url = await serve(await own.issue('good', { name: HOST, dns: [HOST] }))
  const unset = fetchJson(createProviderFetch(providerTls(undefined)), url)
  await expect(unset).rejects.toThrow('set OIDC_CA_FILE to the PEM file of its CA')
  const plain = await listen(createPlain((_, response) => response.end('{}')))
  await expect(ask(`https://${HOST}:${plain}`)).rejects.toThrow('does not speak TLS')
  await expect(ask(url, '/nowhere.pem')).rejects.toThrow(
    'OIDC_CA_FILE names a file that cannot be read (ENOENT)',
  )
})

it('no redirect is followed', async () => {
  const { own, ask } = await setUp()
  const url = await serve(await own.issue('good', { name: HOST, dns: [HOST] }))
  await expect(ask(`${url}/moved`)).rejects.toThrow('redirect')
})

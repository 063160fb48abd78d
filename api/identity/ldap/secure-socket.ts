import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { LdapConfig } from '../../../config/ldap.ts'
import { explainTls } from '../../../tls/explain-tls.ts'
import { TlsProblem } from '../../../tls/tls-problem.ts'
import { tlsOptions } from '../../../tls/tls-client.ts'
import { askForTls } from './start-tls.ts'

/** A server that is not secured in this time is away: the next one is asked. */
const CONNECT_MS = 3_000

const noTls = new TlsProblem(
  'plaintext',
  'what answers does not speak TLS: correct LDAP_URLS, or begin it with ldap:// where the server has StartTLS',
)

type Server = LdapConfig['servers'][number]

/**
 * Opens a connection to a server and makes sure who it is. Nothing is ever said to it in plaintext but the wish for TLS.
 * @throws {Error} the message names the setting where one is wrong
 */
export async function openSecureSocket(server: Server, tls: LdapConfig['tls']): Promise<Socket> {
  const { host, port, startTls } = server
  const { promise, resolve, reject } = Promise.withResolvers<Socket>()
  const options = tlsOptions(tls, host)
  const raw = connect({ host, port, noDelay: true })
  const timer = setTimeout(() => {
    reject(new Error(`does not answer within ${CONNECT_MS} ms`))
  }, CONNECT_MS)
  const fail = (error: Error) => {
    const problem = explainTls(error, tls)
    reject(problem?.fault === 'plaintext' && !startTls ? noTls : (problem ?? error))
  }
  raw.on('error', fail).once('close', () => {
    reject(new Error('closed the connection before it was secured'))
  })
  const secure = () => {
    const socket = connectTls({ ...options, socket: raw })
    socket.once('error', fail).once('secureConnect', () => {
      socket.off('error', fail).on('error', () => undefined)
      resolve(socket)
    })
  }
  raw.once('connect', () => {
    if (startTls) askForTls(raw, tls).then(secure, reject)
    else secure()
  })
  try {
    return await promise
  } catch (error) {
    raw.destroy()
    throw error
  } finally {
    clearTimeout(timer)
  }
}

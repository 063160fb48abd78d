import { getCACertificates } from 'node:tls'
import { type ChannelCredentials, experimental } from '@grpc/grpc-js'
import { Connection, type TLSConfig } from '@temporalio/client'
import type { Config } from '../config/config.ts'
import { checkAndNote, readTlsFiles, type TlsClient } from '../tls/tls-client.ts'
import { watchFiles } from '../tls/watch-files.ts'

type Temporal = Config['temporal']

const CONNECT_TIMEOUT = '5s'

/**
 * Makes a connection that connects with the first request. Changed files count from its next connection on.
 * @param lookEveryMs how often the files are looked at; see watchFiles
 */
export function lazyTemporal({ address, tls, apiKey }: Temporal, lookEveryMs?: number): Connection {
  const connection = Connection.lazy({
    address,
    connectTimeout: CONNECT_TIMEOUT,
    ...(tls === null
      ? {}
      : { credentials: credentialsOf(tls, lookEveryMs), channelArgs: channelArguments(tls) }),
  })
  if (apiKey !== null) connection.setApiKey(() => apiKey.read())
  return connection
}

/** @throws what the SDK throws: say it by findTemporalProblem */
export async function openTemporal(temporal: Temporal): Promise<Connection> {
  const connection = lazyTemporal(temporal)
  try {
    await connection.ensureConnected()
    return connection
  } catch (error) {
    await connection.close()
    throw error
  }
}

/**
 * Options of a worker's native connection, as the files are now.
 * @throws {TlsProblem | SecretError} a file cannot be used
 */
export const nativeOptions = ({ address, tls, apiKey }: Temporal) => ({
  address,
  tls: tls === null ? false : nativeTls(tls),
  ...(apiKey === null ? {} : { apiKey: apiKey.read() }),
})

function nativeTls(tls: TlsClient): TLSConfig {
  const { ca, cert, key } = readTlsFiles(tls)
  return {
    ...(tls.serverName === null ? {} : { serverNameOverride: tls.serverName }),
    ...(ca === undefined ? {} : { serverRootCACertificate: ca }),
    ...(cert === undefined || key === undefined ? {} : { clientCertPair: { crt: cert, key } }),
  }
}

const channelArguments = ({ serverName }: TlsClient): Record<string, string> =>
  serverName === null
    ? {}
    : { 'grpc.ssl_target_name_override': serverName, 'grpc.default_authority': serverName }

/** The files of a client as grpc-js takes them: it uses the latest for each connection. */
function credentialsOf(tls: TlsClient, lookEveryMs?: number): ChannelCredentials {
  const provider = new FilesProvider(tls, lookEveryMs)
  return experimental.createCertificateProviderChannelCredentials(
    provider,
    tls.cert === null ? null : provider,
    { checkServerIdentity: (name, certificate) => checkAndNote(tls, name, certificate) },
  )
}

class FilesProvider implements experimental.CertificateProvider {
  readonly #tls: TlsClient
  readonly #lookEveryMs: number | undefined
  readonly #caListeners = new Set<experimental.CaCertificateUpdateListener>()
  readonly #identityListeners = new Set<experimental.IdentityCertificateUpdateListener>()
  #endWatch: (() => void) | null = null

  constructor(tls: TlsClient, lookEveryMs: number | undefined) {
    this.#tls = tls
    this.#lookEveryMs = lookEveryMs
  }

  addCaCertificateListener(listener: experimental.CaCertificateUpdateListener): void {
    this.#caListeners.add(listener)
    this.#watch()
    this.#tell()
  }

  removeCaCertificateListener(listener: experimental.CaCertificateUpdateListener): void {
    this.#caListeners.delete(listener)
    this.#watch()
  }

  addIdentityCertificateListener(listener: experimental.IdentityCertificateUpdateListener): void {
    this.#identityListeners.add(listener)
    this.#watch()
    this.#tell()
  }

  removeIdentityCertificateListener(listener: experimental.IdentityCertificateUpdateListener): void {
    this.#identityListeners.delete(listener)
    this.#watch()
  }

  #watch(): void {
    const isHeard = this.#caListeners.size + this.#identityListeners.size > 0
    if (!isHeard) {
      this.#endWatch?.()
      this.#endWatch = null
      return
    }
    const { ca, cert, key } = this.#tls
    const paths = [ca, cert, key].filter((path) => path !== null)
    const tell = () => {
      this.#tell()
    }
    this.#endWatch ??= watchFiles(paths, tell, this.#lookEveryMs)
  }

  /** Null stands for files that cannot be used: connections fail until they can. */
  #tell(): void {
    const material = this.#read()
    const ca = material === null ? null : { caCertificate: material.ca ?? systemCas() }
    for (const listener of this.#caListeners) listener(ca)
    const { cert, key } = material ?? {}
    const identity = cert === undefined || key === undefined ? null : { certificate: cert, privateKey: key }
    for (const listener of this.#identityListeners) listener(identity)
  }

  #read() {
    try {
      return readTlsFiles(this.#tls)
    } catch {
      return null
    }
  }
}

const systemCas = (): Buffer => Buffer.from(getCACertificates('default').join('\n'))

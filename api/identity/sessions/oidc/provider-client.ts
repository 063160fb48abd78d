import {
  allowInsecureRequests,
  ClientSecretBasic,
  ClientSecretPost,
  Configuration,
  customFetch,
  type ServerMetadata,
} from 'openid-client'
import type { OidcClient } from '../../../../config/sign-in.ts'
import { discoverProvider } from '../../discover-provider.ts'
import type { ProviderFetch } from '../../provider-fetch.ts'

/** Metadata is read again after this time; a provider that is away by then has the metadata that it had. */
const KEPT_MS = 10 * 60_000
/** A provider that does not answer in this time is away. */
const TIMEOUT_S = 5

/**
 * The client of a provider, with the metadata and the secret of now.
 * @param fetch asks it
 * @param clock milliseconds
 * @throws {Error} the provider has never answered, or the secret cannot be read
 */
export function createProviderClient(
  { issuer, id, secret }: OidcClient,
  fetch: ProviderFetch,
  clock: () => number,
): () => Promise<Configuration> {
  let known: { configuration: Configuration; secret: string; readAtMs: number } | null = null
  return async () => {
    const value = secret.read()
    const kept = known?.secret === value ? known : null
    if (kept !== null && clock() - kept.readAtMs < KEPT_MS) return kept.configuration
    try {
      const configuration = configurationOf(await discoverProvider(fetch, issuer), id, value)
      configuration[customFetch] = fetch
      known = { configuration, secret: value, readAtMs: clock() }
      return configuration
    } catch (error) {
      if (kept === null) throw error
      return kept.configuration
    }
  }
}

type Metadata = Awaited<ReturnType<typeof discoverProvider>>

function configurationOf(metadata: Metadata, id: string, secret: string): Configuration {
  const methods = metadata['token_endpoint_auth_methods_supported']
  // The method of a provider that names none: https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderMetadata
  const isBasic = !Array.isArray(methods) || methods.includes('client_secret_basic')
  const authentication = isBasic ? ClientSecretBasic(secret) : ClientSecretPost(secret)
  const configuration = new Configuration(metadata as ServerMetadata, id, undefined, authentication)
  configuration.timeout = TIMEOUT_S
  // The settings take plain HTTP for issuers on loopback only.
  if (metadata.issuer.startsWith('http:')) allowInsecureRequests(configuration)
  return configuration
}

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { downloadKafka } from '../../../stack/parts/downloads.ts'
import { createKafkaPart } from '../../../stack/parts/kafka.ts'
import { freePort, HOST } from '../../../stack/processes/ports.ts'
import { partsFolder } from '../../../stack/stack.ts'
import { type CertificateAuthority, keyAndCertificate } from '../../../stack/parts/certificates.ts'
import type { TokenIssuer } from './token-issuer.ts'

/** After so long the broker ends sessions of SCRAM-SHA-256 that do not sign in again. */
export const SESSION_MS = 5_000

/** A broker that is reached in four ways, each with an address of its own. `oauth` also takes SCRAM-SHA-256. */
export type SecuredBroker = {
  addresses: Record<'plaintext' | 'scram' | 'mutual' | 'oauth', string>
  user: { name: string; password: string }
  stop: () => Promise<void>
}

const LOGIN_MODULES = 'org.apache.kafka.common.security'

export async function startSecuredBroker(
  folder: string,
  ca: CertificateAuthority,
  tokens: TokenIssuer,
  user: SecuredBroker['user'],
): Promise<SecuredBroker> {
  const leaf = await ca.issue('broker', { name: 'broker', dns: ['localhost'], ips: [HOST] })
  const keystore = join(folder, 'broker.pem')
  writeFileSync(keystore, keyAndCertificate(leaf), { mode: 0o600 })
  const keySet = join(folder, 'keys.json')
  writeFileSync(keySet, JSON.stringify({ keys: [tokens.publicKey] }))
  const [plaintext, controller, scram, mutual, oauth] = (await Promise.all(
    Array.from({ length: 5 }, () => freePort(0)),
  )) as [number, number, number, number, number]
  const ports = { PLAINTEXT: plaintext, SCRAM: scram, MUTUAL: mutual, OAUTH: oauth }
  const listeners = Object.entries(ports).map(([name, port]) => `${name}://${HOST}:${port}`)
  const keysUrl = `file://${keySet}`
  const part = createKafkaPart({
    jars: await downloadKafka(partsFolder, () => undefined),
    dataFolder: folder,
    logFolder: join(folder, 'log'),
    port: plaintext,
    controllerPort: controller,
    security: {
      users: [user],
      virtualMachine: [`-Dorg.apache.kafka.sasl.oauthbearer.allowed.urls=${keysUrl}`],
      settings: {
        listeners: [...listeners, `CONTROLLER://${HOST}:${controller}`].join(','),
        'advertised.listeners': listeners.join(','),
        'listener.security.protocol.map':
          'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SCRAM:SASL_SSL,MUTUAL:SSL,OAUTH:SASL_SSL',
        'ssl.keystore.type': 'PEM',
        'ssl.keystore.location': keystore,
        'ssl.truststore.type': 'PEM',
        'ssl.truststore.location': ca.file,
        'listener.name.mutual.ssl.client.auth': 'required',
        'listener.name.scram.sasl.enabled.mechanisms': 'SCRAM-SHA-512,PLAIN',
        'listener.name.scram.scram-sha-512.sasl.jaas.config': `${LOGIN_MODULES}.scram.ScramLoginModule required;`,
        'listener.name.scram.plain.sasl.jaas.config': `${LOGIN_MODULES}.plain.PlainLoginModule required user_${user.name}="${user.password}";`,
        'listener.name.oauth.sasl.enabled.mechanisms': 'OAUTHBEARER,SCRAM-SHA-256',
        'listener.name.oauth.scram-sha-256.sasl.jaas.config': `${LOGIN_MODULES}.scram.ScramLoginModule required;`,
        'listener.name.oauth.scram-sha-256.connections.max.reauth.ms': SESSION_MS,
        'listener.name.oauth.oauthbearer.sasl.jaas.config': `${LOGIN_MODULES}.oauthbearer.OAuthBearerLoginModule required;`,
        'listener.name.oauth.oauthbearer.sasl.server.callback.handler.class': `${LOGIN_MODULES}.oauthbearer.OAuthBearerValidatorCallbackHandler`,
        'listener.name.oauth.sasl.oauthbearer.jwks.endpoint.url': keysUrl,
        'listener.name.oauth.sasl.oauthbearer.expected.audience': tokens.audience,
        'listener.name.oauth.sasl.oauthbearer.expected.issuer': tokens.issuer,
      },
    },
  })
  await part.start()
  const at = (port: number) => `${HOST}:${port}`
  return {
    addresses: { plaintext: at(plaintext), scram: at(scram), mutual: at(mutual), oauth: at(oauth) },
    user,
    stop: () => part.stop(),
  }
}

import { expect, test } from 'vitest'
import { explainTls, tlsFaultOf } from './explain-tls.ts'
import type { TlsClient } from './tls-client.ts'
import { isTlsProblem, TlsProblem } from './tls-problem.ts'

const client: TlsClient = {
  ca: null,
  cert: null,
  key: null,
  serverName: null,
  settings: {
    address: 'ADDRESS',
    ca: 'CA_FILE',
    cert: 'CERT_FILE',
    key: 'KEY_FILE',
    otherName: 'set SERVER_NAME',
    off: 'set TLS=false',
  },
}
const withCode = (code: string) => Object.assign(new Error('in words of OpenSSL'), { code })

test.each([
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'name'],
  ['CERT_HAS_EXPIRED', 'time'],
  ['CERT_NOT_YET_VALID', 'time'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'authority'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'authority'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'authority'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'authority'],
  ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'client_certificate'],
  ['ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE', 'client_certificate'],
  ['ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN', 'client_certificate'],
  ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', 'client_certificate'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'plaintext'],
  ['ERR_SSL_PACKET_LENGTH_TOO_LONG', 'plaintext'],
  ['ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE', 'handshake'],
  ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', 'handshake'],
])('%s is a fault of the %s', (code, fault) => {
  expect(tlsFaultOf(withCode(code))).toBe(fault)
})

test.each(['ECONNREFUSED', 'ENOTFOUND', 'ETIMEDOUT', 'ECONNRESET'])('%s is none of TLS', (code) => {
  expect(explainTls(withCode(code), client)).toBeNull()
})

test.each([
  ['SELF_SIGNED_CERT_IN_CHAIN', {}, /set CA_FILE/],
  ['SELF_SIGNED_CERT_IN_CHAIN', { ca: '/ca' }, /correct CA_FILE, or ADDRESS/],
  ['ERR_TLS_CERT_ALTNAME_INVALID', {}, /not for the host in ADDRESS: correct ADDRESS, or set SERVER_NAME to/],
  [
    'ERR_TLS_CERT_ALTNAME_INVALID',
    { serverName: 'other' },
    /not for the name that is set: set SERVER_NAME to/,
  ],
  ['CERT_HAS_EXPIRED', {}, /server of ADDRESS has expired/],
  ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', {}, /set CERT_FILE and KEY_FILE/],
  [
    'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA',
    { cert: '/nowhere' },
    /CERT_FILE \(unknown ca\): replace it and KEY_FILE/,
  ],
  ['ERR_SSL_WRONG_VERSION_NUMBER', {}, /correct ADDRESS, or set TLS=false/],
])('%s with %o is said with the setting', (code, given, said) => {
  const problem = explainTls(withCode(code), { ...client, ...given })
  expect(problem?.message).toMatch(said)
  expect(problem?.message).not.toMatch(/OpenSSL/)
})

test('a problem of TLS is known through what a driver makes of it', () => {
  const problem = new TlsProblem('name', 'x')
  const ofDriver = Object.assign(new Error('Connection error: x'), { code: problem.code })
  expect(isTlsProblem(new Error('retries exceeded', { cause: ofDriver }))).toBe(true)
  expect(isTlsProblem(withCode('ECONNREFUSED'))).toBe(false)
})

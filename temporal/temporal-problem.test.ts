import { expect, test } from 'vitest'
import { loadConfig } from '../config/config.ts'
import { temporalProblem } from './temporal-problem.ts'

const { temporal } = loadConfig({})

const grpcError = (code: number, details: string) =>
  new Error('the request failed', {
    cause: Object.assign(new Error(`${code} X: ${details}`), { code, details }),
  })

test.each([
  grpcError(4, 'Deadline exceeded after 1.501s,remote_addr=127.0.0.1:7233,LB pick: 0.001s'),
  grpcError(14, 'No connection established. Last error: connect ECONNREFUSED 127.0.0.1:7233'),
  grpcError(1, 'Cancelled on client'),
  new Error('Failed to connect before the deadline'),
  'transport error',
])('an outage is said in words of its own, whatever gRPC calls it: %s', (error) => {
  expect(temporalProblem(error, temporal)).toBe(
    'Temporal does not answer at 127.0.0.1:7233: start it there, or correct TEMPORAL_ADDRESS',
  )
})

test('a namespace that is missing, and a refusal, say what to mend', () => {
  expect(temporalProblem(grpcError(5, 'Namespace default is not found.'), temporal)).toContain(
    'correct TEMPORAL_NAMESPACE',
  )
  expect(temporalProblem(grpcError(7, 'Request unauthorized.'), temporal)).toBe(
    'Temporal at 127.0.0.1:7233 refuses the request (Request unauthorized.): set TEMPORAL_API_KEY, or have it allow the client ' +
      'certificate of TEMPORAL_TLS_CLIENT_CERT_PATH',
  )
})

test.each([
  'The request does not have valid authentication credentials',
  'The caller does not have permission to execute the specified operation',
])("a refusal in the words of a worker's connection is none of the address: %s", (words) => {
  const error = new Error(`Failed to call GetSystemInfo: code: '${words}', message: ""`)
  expect(temporalProblem(error, temporal)).toMatch(
    /refuses the request \(it does not have .*set TEMPORAL_API_KEY/,
  )
})

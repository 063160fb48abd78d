import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { loadConfig } from './config.ts'
import { problems } from './problems-fixture.ts'
import { setSettings } from './set-settings.ts'

const problemsOf = (env: Record<string, string>) => problems(env).join('\n')

const ENDPOINT = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' }
const tracingOf = (env: Record<string, string>) =>
  loadConfig({ ...ENDPOINT, ...env }).tracing ?? expect.fail()

test('nothing is traced without an endpoint, whatever else is set', () => {
  expect(loadConfig({}).tracing).toBeNull()
  expect(loadConfig({ OTEL_SERVICE_NAME: 'a', OTEL_TRACES_SAMPLER: 'always_on' }).tracing).toBeNull()
  expect(loadConfig({ OTEL_EXPORTER_OTLP_ENDPOINT: '' }).tracing).toBeNull()
})

test.each([
  ['http://127.0.0.1:4318', 'http://127.0.0.1:4318/v1/traces'],
  ['https://collector.example/', 'https://collector.example/v1/traces'],
  ['https://collector.example/otlp//', 'https://collector.example/otlp/v1/traces'],
])('the path of traces is added to %s', (endpoint, url) => {
  expect(tracingOf({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint }).url).toBe(url)
})

test('a URL for traces is taken as it is', () => {
  expect(tracingOf({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://c.example/t/' }).url).toBe(
    'https://c.example/t/',
  )
  expect(loadConfig({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://c.example/t' }).tracing?.url).toBe(
    'https://c.example/t',
  )
})

test('headers and attributes are pairs, percent-encoded, with blanks around them', () => {
  const env = {
    OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20a%2Cb=, x-tenant = one ,',
    OTEL_RESOURCE_ATTRIBUTES: 'service.name=named,deployment.environment.name=pr%C3%B6d,a=b=c',
  }
  const { headers, resource, service } = tracingOf(env)
  expect(headers()).toEqual({ authorization: 'Bearer a,b=', 'x-tenant': 'one' })
  expect(resource).toEqual({ 'deployment.environment.name': 'pröd', a: 'b=c' })
  expect(service).toBe('named')
  expect(tracingOf({ ...env, OTEL_SERVICE_NAME: 'wins' }).service).toBe('wins')
})

test('headers in a file are read anew, and a file that gives none is told with its setting', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-headers-'))
  onTestFinished(() => {
    rmSync(folder, { recursive: true })
  })
  const file = join(folder, 'headers')
  writeFileSync(file, 'x-key=one\n')
  const { headers } = tracingOf({ OTEL_EXPORTER_OTLP_HEADERS_FILE: file })
  expect(headers()).toEqual({ 'x-key': 'one' })
  writeFileSync(file, 'x-key=two')
  expect(headers()).toEqual({ 'x-key': 'two' })
  writeFileSync(file, 'a secret')
  expect(headers).toThrow(/^OTEL_EXPORTER_OTLP_HEADERS_FILE must give name=value(?!.*a secret)/)
})

test.each([
  ['OTEL_EXPORTER_OTLP_ENDPOINT', '127.0.0.1:4318'],
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'grpc://127.0.0.1:4317'],
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'https://user:password@collector.example'],
  ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'https://collector.example/v1/traces?key=1'],
  ['OTEL_EXPORTER_OTLP_PROTOCOL', 'grpc'],
  ['OTEL_EXPORTER_OTLP_HEADERS', 'a secret'],
  ['OTEL_EXPORTER_OTLP_HEADERS', 'x-key=%0d%0ainjected: 1'],
  ['OTEL_EXPORTER_OTLP_HEADERS', 'x key=1'],
  ['OTEL_RESOURCE_ATTRIBUTES', 'production'],
  ['OTEL_RESOURCE_ATTRIBUTES', '=production'],
  ['OTEL_RESOURCE_ATTRIBUTES', 'a=%zz'],
  ['OTEL_TRACES_SAMPLER', 'jaeger_remote'],
  ['OTEL_TRACES_SAMPLER_ARG', '1.5'],
  ['OTEL_TRACES_SAMPLER_ARG', '1%'],
  ['OTEL_TRACES_SAMPLER_ARG', '-0.1'],
  ['TRACES_PER_SECOND', '0'],
])('%s=%s stops the start, and the message does not show the value', (setting, value) => {
  const found = problemsOf({ ...ENDPOINT, [setting]: value })
  expect(found).toMatch(new RegExp(`^${setting}: must be `, 'm'))
  expect(found).not.toMatch(/secret|password@/)
})

test('settings of traces that contradict each other stop the start', () => {
  expect(problemsOf({ OTEL_TRACES_SAMPLER: 'always_on', OTEL_TRACES_SAMPLER_ARG: '0.1' })).toContain(
    'OTEL_TRACES_SAMPLER_ARG: must not be set with OTEL_TRACES_SAMPLER=always_on',
  )
  expect(problemsOf({ OTEL_TRACES_SAMPLER_ARG: '0.1' })).toContain('OTEL_TRACES_SAMPLER_ARG: must not be set')
  expect(problemsOf({ OTEL_EXPORTER_OTLP_HEADERS: 'a=b', OTEL_EXPORTER_OTLP_HEADERS_FILE: 'f' })).toContain(
    'OTEL_EXPORTER_OTLP_HEADERS: must not be set beside OTEL_EXPORTER_OTLP_HEADERS_FILE',
  )
  expect(problemsOf({ OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE: 'f' })).toContain(
    'OTEL_EXPORTER_OTLP_CLIENT_KEY: must be set',
  )
})

test('a share counts where the sampler takes one', () => {
  expect(tracingOf({ OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.01' }).sampler).toEqual(
    {
      kind: 'traceidratio',
      ratio: 0.01,
    },
  )
  expect(tracingOf({ OTEL_TRACES_SAMPLER: 'traceidratio' }).sampler.ratio).toBe(1)
  expect(tracingOf({})).toMatchObject({ sampler: { kind: 'parentbased_always_on', ratio: 1 }, perSecond: 10 })
})

test('the audit of settings has no header', () => {
  const given = setSettings({ OTEL_EXPORTER_OTLP_HEADERS: 'a=b' }, ['OTEL_EXPORTER_OTLP_HEADERS'])
  expect(given.get('OTEL_EXPORTER_OTLP_HEADERS')?.isSecret).toBe(true)
})

import type { z } from 'zod'
import type { TracingOptions } from '../tracing/options.ts'
import { type Secret, SecretError, secretOf } from './secret.ts'
import type { settings } from './settings.ts'
import { headersOf, pairsOf } from './tracing-pairs.ts'

type Environment = z.infer<typeof settings>

/** Null: nothing is traced. */
export function tracingOf(env: Environment): TracingOptions | null {
  const url = urlOf(env)
  if (url === null) return null
  const headers = secretOf(
    'OTEL_EXPORTER_OTLP_HEADERS',
    env.OTEL_EXPORTER_OTLP_HEADERS,
    env.OTEL_EXPORTER_OTLP_HEADERS_FILE,
  )
  const { 'service.name': named = null, ...resource } = pairsOf(env.OTEL_RESOURCE_ATTRIBUTES) ?? {}
  return {
    url,
    headers: () => (headers === null ? {} : readHeaders(headers)),
    tls: {
      ca: env.OTEL_EXPORTER_OTLP_CERTIFICATE ?? null,
      cert: env.OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE ?? null,
      key: env.OTEL_EXPORTER_OTLP_CLIENT_KEY ?? null,
      serverName: null,
      settings: {
        address: 'OTEL_EXPORTER_OTLP_ENDPOINT',
        ca: 'OTEL_EXPORTER_OTLP_CERTIFICATE',
        cert: 'OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE',
        key: 'OTEL_EXPORTER_OTLP_CLIENT_KEY',
        otherName: 'change OTEL_EXPORTER_OTLP_ENDPOINT',
        off: 'begin OTEL_EXPORTER_OTLP_ENDPOINT with http://',
      },
    },
    service: env.OTEL_SERVICE_NAME ?? named,
    resource,
    sampler: { kind: env.OTEL_TRACES_SAMPLER, ratio: Number(env.OTEL_TRACES_SAMPLER_ARG ?? 1) },
    perSecond: env.TRACES_PER_SECOND,
  }
}

/** The path of the signal is added to what may have a path of its own, and a URL for traces is taken as it is. */
function urlOf({
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: traces,
  OTEL_EXPORTER_OTLP_ENDPOINT: all,
}: Environment): string | null {
  if (traces !== undefined) return traces
  return all === undefined ? null : `${all.replace(/\/+$/, '')}/v1/traces`
}

/** @throws {SecretError} the file cannot be read, or is not what the setting may be */
function readHeaders(headers: Secret): Record<string, string> {
  const read = headersOf(headers.read())
  if (read === null)
    throw new SecretError(
      `${headers.setting} must give name=value, separated by commas, values percent-encoded`,
    )
  return read
}

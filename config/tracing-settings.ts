import { z } from 'zod'
import { samplers } from '../tracing/options.ts'
import { choice, integer } from './setting-kinds.ts'
import { headersOf, pairsOf } from './tracing-pairs.ts'
import { file } from './wire-settings.ts'

const isHttpUrl = (text: string): boolean => {
  const parsed = URL.parse(text)
  return (
    parsed !== null && /^https?:$/.test(parsed.protocol) && parsed.username === '' && parsed.password === ''
  )
}

const endpoint = (description: string) =>
  z
    .string()
    .refine((text) => isHttpUrl(text) && !/[?#]/.test(text), {
      error: 'must be a URL that begins with http:// or https://, without user, password and query',
    })
    .optional()
    .meta({ accepts: 'an http or https URL', description })

/** Named as the specification of OpenTelemetry has them: https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/ */
export const tracingSettings = {
  OTEL_EXPORTER_OTLP_ENDPOINT: endpoint(
    'Collector that gets traces, such as `http://127.0.0.1:4318`; `/v1/traces` is added. Unset, nothing is traced.',
  ),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: endpoint('The whole URL for traces instead.'),
  OTEL_EXPORTER_OTLP_PROTOCOL: choice(['http/protobuf'], 'http/protobuf').describe(
    'How traces are sent; collectors take it on port 4318.',
  ),
  OTEL_EXPORTER_OTLP_HEADERS: z
    .string()
    .refine((text) => headersOf(text) !== null, {
      error:
        'must be headers such as authorization=Bearer%20token, separated by commas, their values percent-encoded',
    })
    .optional()
    .meta({
      accepts: 'name=value, separated by commas',
      description: 'Headers of each request to the collector.',
    }),
  OTEL_EXPORTER_OTLP_HEADERS_FILE: file('File with the headers instead; read again at each request.'),
  OTEL_EXPORTER_OTLP_CERTIFICATE: file(
    'PEM file of the CAs that issue the certificate of the collector; unset, those that Node.js trusts.',
  ),
  OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE: file(
    'PEM file of the client certificate, with `OTEL_EXPORTER_OTLP_CLIENT_KEY`.',
  ),
  OTEL_EXPORTER_OTLP_CLIENT_KEY: file('PEM file of its key, not encrypted.'),
  OTEL_SERVICE_NAME: z.string().min(1).optional().meta({
    accepts: 'any text',
    description: 'Name of the service in traces; unset, `rollcall-api` or `rollcall-worker`.',
  }),
  OTEL_RESOURCE_ATTRIBUTES: z
    .string()
    .default('')
    .refine((text) => pairsOf(text) !== null, {
      error: 'must be attributes such as deployment.environment.name=production, separated by commas',
    })
    .meta({
      accepts: 'name=value, separated by commas',
      description: 'What traces say of the service besides its name, version and instance.',
    }),
  OTEL_TRACES_SAMPLER: choice([...samplers], 'parentbased_always_on').describe(
    'Which traces are kept, before `TRACES_PER_SECOND` bounds them.',
  ),
  OTEL_TRACES_SAMPLER_ARG: z
    .string()
    .refine((text) => /^(0(\.\d+)?|1(\.0+)?)$/.test(text), {
      error: 'must be a share from 0 to 1, such as 0.01',
    })
    .optional()
    .meta({ accepts: '0 to 1', description: 'The share that `traceidratio` keeps; unset, all.' }),
  TRACES_PER_SECOND: integer(10, 1, 10_000).describe(
    'Traces that one process begins in a second at most, whatever the sampler and callers want.',
  ),
}

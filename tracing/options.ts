import type { TlsClient } from '../tls/tls-client.ts'

/** https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/#general-sdk-configuration */
export const samplers = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const

/** How traces are made, and where they go. */
export type TracingOptions = {
  /** Takes OTLP over HTTP. */
  url: string
  /** Of each request, read anew. @throws {Error} they cannot be read */
  headers: () => Record<string, string>
  tls: TlsClient
  /** The name of the service; null: by its role. */
  service: string | null
  /** What is said of the service besides. */
  resource: Readonly<Record<string, string>>
  sampler: { kind: (typeof samplers)[number]; ratio: number }
  /** Traces that the process begins in a second at most. */
  perSecond: number
}

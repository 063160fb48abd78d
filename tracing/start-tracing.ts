import type { DeliveryReport } from './otlp-exporter.ts'
import type { TracingOptions } from './options.ts'
import { type Tracing, untraced } from './span.ts'

/** What a process says of itself. */
export type TracedService = { role: 'api' | 'worker' | 'upkeep'; version: string; instance: string }

/**
 * Starts to trace this process. Without options nothing is traced, and nothing of OpenTelemetry is loaded.
 * @param options null: traces are not asked for
 */
export async function startTracing(
  options: TracingOptions | null,
  service: TracedService,
  report: DeliveryReport,
): Promise<Tracing> {
  if (options === null) return untraced
  const { sdkTracing } = await import('./sdk-tracing.ts')
  return sdkTracing(options, service, report)
}

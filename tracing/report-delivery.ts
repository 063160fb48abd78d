import type { DeliveryReport } from './otlp-exporter.ts'

type Log = Record<'info' | 'warn', (fields: { error?: string }, message: string) => void>

/** Logs that the collector is away once, and once that it is back. */
export const reportDelivery = (log: Log): DeliveryReport => ({
  lost: (error) => {
    log.warn(
      { error },
      'traces cannot be delivered and are dropped until they can: check OTEL_EXPORTER_OTLP_ENDPOINT and the collector there',
    )
  },
  taken: (spans) => {
    log.info({}, `traces are delivered again; ${spans} spans that were sent in vain are lost`)
  },
})

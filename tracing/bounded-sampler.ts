import { type Context, type SpanContext, trace } from '@opentelemetry/api'
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  type Sampler,
  SamplingDecision,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace'
import type { TracingOptions } from './options.ts'

/**
 * Samples as the standard settings say, but not more traces in a second than a bound: neither many batches nor a caller who asks
 * for each request to be sampled make tracing cost more. What a sampled span of this process does is sampled, too.
 * @param nowMs a clock that never jumps, in milliseconds
 */
export function boundedSampler(
  { sampler: { kind, ratio }, perSecond }: Pick<TracingOptions, 'sampler' | 'perSecond'>,
  nowMs: () => number,
): Sampler {
  const root = rootSampler(kind, ratio)
  const sampler = kind.startsWith('parentbased_') ? new ParentBasedSampler({ root }) : root
  let left = perSecond
  let filledMs = nowMs()
  const take = (): boolean => {
    const now = nowMs()
    left = Math.min(perSecond, left + ((now - filledMs) / 1_000) * perSecond)
    filledMs = now
    if (left < 1) return false
    left--
    return true
  }
  return {
    shouldSample: (context, ...about) => {
      if (isInside(context)) return { decision: SamplingDecision.RECORD_AND_SAMPLED }
      const result = sampler.shouldSample(context, ...about)
      const isSampled = result.decision === SamplingDecision.RECORD_AND_SAMPLED
      return isSampled && !take() ? { decision: SamplingDecision.NOT_RECORD } : result
    },
    toString: () => `${kind}, ${perSecond} a second at most`,
  }
}

function rootSampler(kind: TracingOptions['sampler']['kind'], ratio: number): Sampler {
  if (kind.endsWith('always_on')) return new AlwaysOnSampler()
  return kind.endsWith('always_off') ? new AlwaysOffSampler() : new TraceIdRatioBasedSampler(ratio)
}

/** Whether a span of this process is the parent: others are not made, unless they are sampled. */
function isInside(context: Context): boolean {
  const parent: SpanContext | undefined = trace.getSpanContext(context)
  return parent !== undefined && parent.isRemote !== true
}

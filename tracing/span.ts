/** What a span says of its work. Never a value of a person, a parameter, or text that somebody else wrote. */
export type Attributes = Readonly<Record<string, string | number | boolean | readonly string[]>>

/** https://opentelemetry.io/docs/specs/otel/trace/api/#spankind */
export type SpanKind = 'internal' | 'server' | 'client' | 'producer' | 'consumer'

/** A place in a trace, as `traceparent` names it. */
export type SpanPlace = { traceId: string; spanId: string }

export type SpanOptions = {
  kind?: SpanKind
  attributes?: Attributes
  /** When it began, as `performance.now()` gives it; by default now. */
  startMs?: number
}

/** A piece of work that is traced. */
export type Span = SpanPlace & {
  /** Whether it has ended: what goes on is no part of it. */
  readonly hasEnded: boolean
  child: (name: string, options?: SpanOptions) => Span
  set: (attributes: Attributes) => void
  rename: (name: string) => void
  /** Says that the work failed. `type` is a class or a code: never a message, in which there may be values. */
  failed: (type: string) => void
  /** @param endMs as `performance.now()` gives it; by default now. */
  end: (endMs?: number) => void
}

export type RootOptions = SpanOptions & {
  /** The `traceparent` that the trace goes on from, as it came. */
  parent?: string | undefined
  /** Spans that led to this one, of other traces. Null is none. */
  links?: readonly (SpanPlace | null)[]
}

/** Begins the traces of a process. */
export type Tracing = {
  /** Begins a trace, or goes on with that of a caller. Null: it is not sampled. */
  begin: (name: string, options?: RootOptions) => Span | null
  /** Sends what is there, for two seconds at most. */
  close: () => Promise<void>
}

/** Traces nothing. */
export const untraced: Tracing = { begin: () => null, close: () => Promise.resolve() }

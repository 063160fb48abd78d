import { activeSpan, errorType } from '../../tracing/active-span.ts'
import type { Attributes } from '../../tracing/span.ts'
import type { Sql } from './connect.ts'

/** The function that a statement names in its comment; further statements of it are behind a colon. */
const NAME = /^\s*\/\* (\w+)/

/** A binary cursor has the name of its function; what declares and closes it takes no time (db/read/binary-rows.ts). */
const CURSOR_BEGINNING = 'fetch all from '

/** Where a node is, for spans. @param address host:port, or [IPv6]:port */
export function placeOfNode(address: string): Attributes {
  const [, host = '', port = ''] = /^(?:.* )?\[?([^\s\]]*?)\]?:(\d+)$/.exec(address) ?? []
  return { 'db.system.name': 'postgresql', 'server.address': host, 'server.port': Number(port) }
}

/**
 * Makes a span of a statement once it is answered, if the work that sends it is traced. It has the name of the statement, never its
 * text or parameters. A fragment of another statement is never answered, and gets none.
 * @param sent the statement, with its template and parameters
 */
export function traceStatement(
  place: () => Attributes,
  [strings, first]: readonly unknown[],
  sent: Promise<unknown>,
): void {
  const span = activeSpan()
  if (span === null) return
  const name = nameOf(strings, first)
  if (name === null) return
  const startMs = performance.now()
  const done = (error?: unknown) => {
    if (span.hasEnded) return
    const statement = span.child(name, {
      ...{ kind: 'client', startMs },
      attributes: { ...place(), 'db.query.summary': name },
    })
    if (error !== undefined) statement.failed(errorType(error))
    statement.end()
  }
  // Not sent.then: that would send it.
  void Promise.prototype.then.call(
    sent,
    () => {
      done()
    },
    done,
  )
}

function nameOf(strings: unknown, first: unknown): string | null {
  const beginning: unknown = Array.isArray(strings) ? strings[0] : null
  if (typeof beginning !== 'string') return null
  if (beginning !== CURSOR_BEGINNING) return NAME.exec(beginning)?.[1] ?? null
  const { value } = first as { value?: unknown }
  return typeof value === 'string' ? value.replaceAll('"', '') : null
}

/** The same pool, whose statements are traced as those of the primary while the work that sends them is. */
export function traceStatementsOf(sql: Sql): Sql {
  if (activeSpan() === null) return sql
  const { host, port } = sql.options
  const place = () => ({
    ...placeOfNode(`${host[0] ?? ''}:${port[0] ?? ''}`),
    'rollcall.node.role': 'primary',
  })
  return new Proxy(sql, {
    apply(target, self, args: unknown[]) {
      const made: unknown = Reflect.apply(target, self, args)
      if (made instanceof Promise) traceStatement(place, args, made)
      return made
    },
  })
}

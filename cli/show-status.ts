import type { Health, HealthDependency, HealthPartition, HealthProblem } from './health-question.ts'
import { count, duration, type Paint, plain, table, wrap } from './text.ts'

/** Where a status is shown. */
export type Terminal = { width: number; paint: Paint }

/** Partitions that are shown: those that do not run as usual first, then by lag. */
const SHOWN_PARTITIONS = 12
const SHOWN_BATCHES = 3
const words = (name: string): string => plain(name).toLowerCase().replaceAll('_', ' ')

/** The lines of `rollcall status`. */
export function showStatus(health: Health, { width, paint }: Terminal): string[] {
  const nowMs = Date.parse(health.at)
  return [
    headline(health, paint),
    ...health.problems.flatMap((problem) => showProblem(problem, nowMs, width, paint)),
    '',
    ...showDependencies(health.dependencies, paint),
    '',
    ...showPartitions(health, nowMs),
    ...showBatches(health, nowMs, width),
    '',
    ...wrap(footline(health, nowMs), width, ''),
  ]
}

function headline({ at, topic, severity, problems, lag }: Health, paint: Paint): string {
  const verdict =
    severity === null
      ? paint.green('OK')
      : severity === 'PAGE'
        ? paint.red(paint.bold('PAGE'))
        : paint.yellow('WARN')
  const many = `${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}`
  const unread = lag === null ? 'lag not known' : `${count(BigInt(lag))} unread`
  return `${verdict}  ${severity === null ? 'all is well' : many} · ${plain(topic)} · ${unread} · ${moment(at)}`
}

const moment = (iso: string): string =>
  plain(iso)
    .replace('T', ' ')
    .replace(/\.\d+Z$/, 'Z')

function showProblem(
  { severity, message, since, runbook, nextSteps }: HealthProblem,
  nowMs: number,
  width: number,
  paint: Paint,
): string[] {
  const mark = severity === 'PAGE' ? paint.red('page') : paint.yellow('warn')
  const [first = '', ...rest] = wrap(plain(message), width, '        ')
  const age = since === null ? '' : `for ${duration(nowMs - Date.parse(since))} · `
  return [
    '',
    `  ${mark}  ${first.trimStart()}`,
    ...rest,
    `        ${paint.dim(`${age}${plain(runbook)}`)}`,
    // Whole, whatever the width: they are copied.
    ...nextSteps.map(({ mutation, commandLine }) =>
      commandLine === null
        ? `        in GraphiQL: ${paint.bold(plain(mutation))}`
        : `        $ ${paint.bold(plain(commandLine))}`,
    ),
  ]
}

function showDependencies(dependencies: readonly HealthDependency[], paint: Paint): string[] {
  const rows = dependencies.map((one) => [
    words(one.kind),
    one.isUp ? 'up' : 'DOWN',
    one.latencyMs === null ? '-' : `${count(one.latencyMs)} ms`,
    wireOf(one),
    whereOf(one),
  ])
  const [head = '', ...lines] = table(['DEPENDENCY', '', '>LATENCY', 'CERTIFICATE', 'ADDRESS'], rows)
  return [
    paint.dim(head),
    ...lines.map((line, index) => (dependencies[index]?.isUp === true ? line : paint.red(line))),
  ]
}

/** Longer ones are in the problems, and whole in --json. */
const ADDRESS_CHARACTERS = 40

/** What has no address says shortly what is wrong: the text before the first colon. */
function whereOf({ address, isUp, message, replicaLagMs }: HealthDependency): string {
  const what = plain(address ?? (isUp ? null : message?.split(':')[0]) ?? '-')
  const text = what.length > ADDRESS_CHARACTERS ? `${what.slice(0, ADDRESS_CHARACTERS - 1)}…` : what
  return isUp && replicaLagMs !== null ? `${text}, ${duration(replicaLagMs)} behind` : text
}

function wireOf({ isEncrypted, certificate }: HealthDependency): string {
  if (certificate !== null) {
    const days = Math.floor(certificate.daysLeft)
    return days < 0 ? 'EXPIRED' : `${days} days`
  }
  return isEncrypted === null ? '-' : isEncrypted ? 'not shown' : 'plaintext'
}

function showPartitions({ partitions }: Health, nowMs: number): string[] {
  const sorted = [...partitions].sort((a, b) => urgency(b) - urgency(a) || a.partition - b.partition)
  const shown = sorted.slice(0, SHOWN_PARTITIONS).sort((a, b) => a.partition - b.partition)
  const rest = sorted.slice(SHOWN_PARTITIONS)
  const rows = shown.map((one) => [
    String(one.partition),
    one.state === null ? '?' : words(one.state),
    one.lag === null ? '?' : count(BigInt(one.lag)),
    rate(one.readPerSecond),
    rate(one.writtenPerSecond),
    one.oldestUnreadAt === null ? '-' : duration(nowMs - Date.parse(one.oldestUnreadAt)),
    drained(one, nowMs),
    taken(one, nowMs),
  ])
  const columns = [
    '>PART',
    'STATE',
    '>LAG',
    '>READ/S',
    '>WRITTEN/S',
    '>OLDEST',
    '>DRAINED IN',
    '>RETENTION IN',
  ]
  return [
    ...table(columns, rows),
    ...(rest.length === 0 ? [] : [`  … and ${rest.length} more that run with less lag (--json has all)`]),
  ]
}

/** What does not run comes before what runs, and that by its lag. */
const urgency = ({ state, lag }: HealthPartition): number =>
  (state === 'RUNNING' || state === 'RETIRED' ? 0 : 1e18) + Number(lag ?? 0)

const rate = (perSecond: number | null): string => (perSecond === null ? '?' : count(perSecond))

function drained({ drainedAt, undrained }: HealthPartition, nowMs: number): string {
  if (drainedAt !== null) return duration(Date.parse(drainedAt) - nowMs)
  return { DRAINED: '-', GROWING: 'grows', STANDING: 'stands' }[undrained ?? ''] ?? '?'
}

function taken({ retentionTakesAt, untaken }: HealthPartition, nowMs: number): string {
  if (retentionTakesAt !== null) {
    const leftMs = Date.parse(retentionTakesAt) - nowMs
    return leftMs <= 0 ? 'NOW' : duration(leftMs)
  }
  return { NOTHING_UNREAD: '-', UNLIMITED: 'never', COMPACTED: 'compacted' }[untaken ?? ''] ?? '?'
}

function showBatches({ unsettledBatches }: Health, nowMs: number, width: number): string[] {
  if (unsettledBatches === null || unsettledBatches.length === 0) return []
  const lines = unsettledBatches.slice(0, SHOWN_BATCHES).flatMap((batch) => {
    const { batchId, partition, fromOffset, toOffset, isCounted, committedAt, error } = batch
    const what = isCounted ? 'counted, not published' : 'parked'
    const since = duration(nowMs - Date.parse(committedAt))
    const head = `batch ${batchId}: partition ${partition}, offsets ${fromOffset} to ${BigInt(toOffset) - 1n}, ${what} for ${since}`
    const text = `  ${head}${error === null ? '' : `: ${plain(error)}`}`
    return [text.length > width ? `${text.slice(0, width - 1)}…` : text]
  })
  const more = unsettledBatches.length - SHOWN_BATCHES
  return [
    '',
    ...lines,
    ...(more > 0 ? [`  … and ${more === 7 ? 'at least ' : ''}${more} more`] : []),
    '  $ rollcall replay ID --reason "why"    or, for good: rollcall skip ID --reason "why"',
  ]
}

function footline(health: Health, nowMs: number): string {
  const { pendingRollups, reconciledAt, openDiscrepancyCount, isAuditIntact, workers } = health
  const oldest = (pendingRollups ?? []).flatMap(({ oldestAt }) => oldestAt ?? []).sort()[0]
  const rollups =
    pendingRollups === null
      ? 'rollups not known'
      : oldest === undefined
        ? 'rollups up to date'
        : `rollups ${duration(nowMs - Date.parse(oldest))} behind`
  const reconciled =
    reconciledAt === null
      ? 'no reconciliation known'
      : `reconciled ${duration(nowMs - Date.parse(reconciledAt))} ago`
  const open = openDiscrepancyCount === null ? '' : `, ${openDiscrepancyCount} discrepancies open`
  const audit = isAuditIntact === null ? 'audit not known' : isAuditIntact ? 'audit intact' : 'AUDIT BROKEN'
  const versions = Object.entries(Object.groupBy(workers ?? [], ({ version }) => version)).map(
    ([version, some = []]) => `${some.length} × ${plain(version)}`,
  )
  const running = `API ${plain(health.apiVersion)}, workers ${workers === null ? 'not known' : versions.join(' and ') || 'none'}`
  return `${rollups} · ${reconciled}${open} · ${audit} · ${running}, schema ${health.schemaVersion ?? 'not known'}`
}

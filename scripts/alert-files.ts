import { fileURLToPath } from 'node:url'
import { anchorOf, type Alert, type Inhibition, type RuleGroup } from '../alerts/alert.ts'
import { inhibitions } from '../alerts/inhibitions.ts'
import { ruleGroups } from '../alerts/rule-groups.ts'
import { alertsPage } from './alerts-page.ts'
import { generatedPage } from './generated-page.ts'

const inProject = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url))

/** What `npm run alerts` writes, by file. */
export async function alertFiles(): Promise<Map<string, string>> {
  const files = {
    'deploy/monitoring/rollcall-alerts.yml': rulesFile(),
    'deploy/monitoring/alertmanager.yml': alertmanagerFile(),
    'docs/alerts.md': alertsPage(),
  }
  const made = Object.entries(files).map(async ([path, text]): Promise<[string, string]> => {
    const file = inProject(path)
    return [file, await generatedPage(file, [text])]
  })
  return new Map(await Promise.all(made))
}

const MADE = '# Made by `npm run alerts` from alerts/; change it there.\n'

/** A file of rules for Prometheus; what it has is also the `spec` of a PrometheusRule of its operator. */
const rulesFile = (): string =>
  `${MADE}# Each alert is a heading of docs/runbook.md: its link begins with the external label rollcall_runbook of Prometheus, where that is set.
groups:
${ruleGroups.map(ruleGroup).join('\n')}`

const ruleGroup = ({ name, recordings, alerts }: RuleGroup): string =>
  [
    `  - name: ${name}`,
    '    rules:',
    ...recordings.map(
      ({ record, expression }) => `      - record: ${record}\n        expr: |-\n${indented(expression)}`,
    ),
    ...alerts.map(rule),
  ].join('\n')

const rule = ({ name, severity, expression, for: holds, summary, description }: Alert): string =>
  `      - alert: ${name}
        expr: |-
${indented(expression)}
        for: ${holds}
        labels: { severity: ${severity} }
        annotations:
          summary: ${JSON.stringify(summary)}
          description: ${JSON.stringify(description)}
          runbook_url: ${JSON.stringify(runbookUrl(name))}`

/** Where the documents are published is not known here: whoever runs Prometheus says so by an external label. */
const runbookUrl = (name: string): string =>
  `{{ with $externalLabels.rollcall_runbook }}{{ . }}{{ else }}docs/runbook.md{{ end }}#${anchorOf(name)}`

const indented = (expression: string): string =>
  expression
    .split('\n')
    .map((line) => `          ${line}`)
    .join('\n')

/** The configuration of an Alertmanager: who is told is left to whoever runs it. */
const alertmanagerFile = (): string =>
  `${MADE}# To be told, give the receivers what you use, as in docs/alerts.md.
route:
  receiver: warnings
  group_by: [alertname, namespace]
  group_wait: 30s
  group_interval: 5m
  repeat_interval: 12h
  routes:
    - receiver: pages
      matchers: ['severity="page"']
      repeat_interval: 1h
receivers:
  - name: pages
  - name: warnings
inhibit_rules:
${inhibitions.map(inhibitRule).join('\n')}`

const inhibitRule = ({ sources, sourceLabels, targets, targetLabels, equal }: Inhibition): string =>
  `  - source_matchers: ${matchers(sources, sourceLabels)}
    target_matchers: ${matchers(targets, targetLabels)}
    equal: [${equal.join(', ')}]`

const matchers = (names: readonly string[], labels: Readonly<Record<string, string>> = {}): string =>
  JSON.stringify([
    `alertname=~"${names.join('|')}"`,
    ...Object.entries(labels).map(([label, value]) => `${label}="${value}"`),
  ])

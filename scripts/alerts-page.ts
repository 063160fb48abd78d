import { anchorOf, type Alert } from '../alerts/alert.ts'
import { ruleGroups } from '../alerts/rule-groups.ts'
import { markdownTable } from './generated-page.ts'

const intro = `# Alerts

<!-- Made by \`npm run alerts\` from alerts/ and scripts/alerts-page.ts; change it there. -->

[\`deploy/monitoring/rollcall-alerts.yml\`](../deploy/monitoring/rollcall-alerts.yml) has the rules for Prometheus, and is also the \`spec\` of a
PrometheusRule. [\`deploy/monitoring/alertmanager.yml\`](../deploy/monitoring/alertmanager.yml) has what Alertmanager mutes. How to run both is in
[monitoring](monitoring.md).

- **A page** (label \`severity: page\`) wakes somebody up: users notice, or soon will, and there is something to do. **A warning** waits for the next
  working day.
- **Each alert** links its heading of the [runbook](runbook.md#alerts) by \`runbook_url\`. Set the external label \`rollcall_runbook\` of Prometheus to the
  address under which your people read that page; without it the link is the path in this repository.
- **Several APIs** tell the same of ingestion, so the rules take the greatest. \`namespace\`, if Prometheus adds it, tells several Rollcalls apart.
- **Deploys and failovers** are shorter than the times in the table.
- **While no API answers**, nothing is known of ingestion: its alerts end, and RollcallNoApi pages in their place. RollcallNoWorker, too, needs an API.
- **One cause pages once.** A dependency that is away mutes all that follows from it; a page mutes the warning before it.
- **While Prometheus or Alertmanager is away**, nobody is told anything. Let something outside watch their \`/-/healthy\`.
`

const receivers = `## Who is told

\`deploy/monitoring/alertmanager.yml\` tells nobody yet: its web page shows what fires. Give the receivers \`pages\` and \`warnings\` what you use, with
secrets in files that Alertmanager alone reads:

\`\`\`yaml
receivers:
  - name: pages
    pagerduty_configs:
      - routing_key_file: /run/secrets/pagerduty
  - name: warnings
    slack_configs:
      - api_url_file: /run/secrets/slack
        channel: '#rollcall'
        title: '{{ .CommonAnnotations.summary }}'
        text: '{{ .CommonAnnotations.description }} {{ .CommonAnnotations.runbook_url }}'
\`\`\`

(Receivers like these pass amtool 0.25; a webhook is what the tests deliver to; neither product was tried.)
`

/** Makes the text of docs/alerts.md: every alert, when it fires, and what its thresholds are meant for. */
export const alertsPage = (): string =>
  [intro, ...ruleGroups.flatMap(({ title, alerts }) => [`## ${title}\n`, table(alerts)]), receivers].join(
    '\n',
  )

const table = (alerts: readonly Alert[]): string =>
  markdownTable(
    ['Alert', 'Severity', 'For', 'Fires when', 'Meant for'],
    alerts.map(({ name, severity, for: holds, expression, assumes = '' }) => [
      `[${name}](runbook.md#${anchorOf(name)})`,
      severity,
      holds === '0s' ? 'at once' : holds,
      `\`${expression.replaceAll('\n', ' ').replaceAll('|', '\\|')}\``,
      assumes,
    ]),
  )

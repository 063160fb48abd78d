{{- define "rollcall.apiScheme" -}}
{{ empty (get .Values.files "API_TLS_CERT_FILE") | ternary "HTTP" "HTTPS" }}
{{- end -}}

{{/* The container of the API. Takes root, config and reader. */}}
{{- define "rollcall.apiContainer" -}}
{{- $root := .root -}}
command: [node, --max-old-space-size={{ .config.heapMiB }}, api/main.ts]
env:
  {{- include "rollcall.env" . | nindent 2 }}
  {{- with $root.Values.postgres.replicas }}
  {{- $urls := list }}
  {{- range . }}
  {{- $urls = append $urls (include "rollcall.databaseUrl" (dict "root" $root "user" $root.Values.postgres.users.api "address" .)) }}
  {{- end }}
  - { name: DATABASE_REPLICA_URLS, value: {{ join "," $urls | quote }} }
  {{- end }}
  - { name: API_HOST, value: 0.0.0.0 }
  - { name: API_PORT, value: '4000' }
  - { name: API_ALLOWED_HOSTS, value: {{ include "rollcall.apiNames" $root | quote }} }
  {{- if $root.Values.metrics.enabled }}
  - { name: METRICS_HOST, value: 0.0.0.0 }
  - { name: API_METRICS_PORT, value: '4100' }
  {{- end }}
ports:
  - { name: api, containerPort: 4000 }
  {{- if $root.Values.metrics.enabled }}
  - { name: metrics, containerPort: 4100 }
  {{- end }}
{{- /* Questions need Postgres alone: while Kafka or Temporal is away no API would be ready, and the Service would have none. */}}
{{ include "rollcall.probes" (dict "port" "api" "scheme" (include "rollcall.apiScheme" $root) "ready" "/ready?exclude=kafka,temporal") }}
# Nodes and proxies learn of its end while it still answers.
lifecycle:
  preStop:
    sleep: { seconds: {{ .config.preStopSeconds }} }
resources: {{- toYaml .config.resources | nindent 2 }}
{{- end -}}

{{/* Ports of a worker; those of metrics may be read by Prometheus alone (NetworkPolicy). */}}
{{- define "rollcall.workerEnv" -}}
- { name: WORKER_HOST, value: 0.0.0.0 }
- { name: WORKER_PORT, value: '4001' }
{{- if .Values.metrics.enabled }}
- { name: METRICS_HOST, value: 0.0.0.0 }
- { name: WORKER_METRICS_PORT, value: '4101' }
- { name: TEMPORAL_METRICS_PORT, value: '4102' }
{{- end }}
{{- end -}}

{{/* The container of a worker or of upkeep. Takes root, config, reader, program, scheme and upkeep (the value of WORKER_UPKEEP; empty: it does not
read it). */}}
{{- define "rollcall.workerContainer" -}}
command: [node, --max-semi-space-size=16, --heap-growing-percent=70, --max-old-space-size={{ .config.heapMiB }}, {{ .program }}]
env:
  {{- include "rollcall.env" . | nindent 2 }}
  {{- include "rollcall.workerEnv" .root | nindent 2 }}
  {{- with .upkeep }}
  - { name: WORKER_UPKEEP, value: {{ . | quote }} }
  {{- end }}
ports:
  - { name: probes, containerPort: 4001 }
  {{- if .root.Values.metrics.enabled }}
  - { name: metrics, containerPort: 4101 }
  - { name: temporal, containerPort: 4102 }
  {{- end }}
{{- $scheme := empty (get .root.Values.files "WORKER_TLS_CERT_FILE") | ternary "HTTP" "HTTPS" }}
{{ include "rollcall.probes" (dict "port" "probes" "scheme" $scheme "ready" "/ready") }}
resources: {{- toYaml .config.resources | nindent 2 }}
{{- end -}}

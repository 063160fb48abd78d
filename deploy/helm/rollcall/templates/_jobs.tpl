{{- define "rollcall.migrateContainer" -}}
{{- $administrator := .Values.postgres.administrator -}}
{{- $user := dict "name" $administrator.name -}}
command: [node, scripts/migrate.ts{{ if .Values.migrations.bootstrap }}, --bootstrap{{ end }}]
env:
  {{- include "rollcall.env" (dict "root" . "reader" "migrate") | nindent 2 }}
  {{- if .Values.migrations.bootstrap }}
  - name: DATABASE_ADMIN_URL
    value: {{ include "rollcall.databaseUrl" (dict "root" . "user" $user "address" (include "rollcall.primary" .)) | quote }}
  - { name: DATABASE_ADMIN_PASSWORD_FILE, value: {{ include "rollcall.folder" . }}/DATABASE_ADMIN_PASSWORD_FILE }
  {{- range $role, $user := .Values.postgres.users }}
  {{- if $user.password.secret }}
  {{- $name := printf "DATABASE_%s_PASSWORD_FILE" (upper $role) }}
  - { name: {{ $name }}, value: {{ include "rollcall.folder" $ }}/{{ $name }} }
  {{- end }}
  {{- end }}
  {{- end }}
resources: {{- toYaml .Values.migrations.resources | nindent 2 }}
{{- end -}}

{{- define "rollcall.topicsContainer" -}}
command: [node, scripts/topics.ts]
env:
  {{- include "rollcall.env" (dict "root" . "reader" "topics") | nindent 2 }}
resources: {{- toYaml .Values.migrations.resources | nindent 2 }}
{{- end -}}

{{/* A Job before the release, or beside it. A Job cannot be changed: beside it, its name changes with it.
Takes root, name, weight, container, reader, component and bootstrap. */}}
{{- define "rollcall.job" -}}
{{- $pod := include "rollcall.podSpec" . -}}
{{- $hook := .root.Values.migrations.hook -}}
{{- $suffix := ternary "" (printf "-%s" (sha256sum $pod | trunc 8)) $hook -}}
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ include "rollcall.fullname" .root }}-{{ .name }}{{ $suffix }}
  namespace: {{ .root.Release.Namespace }}
  labels: {{- include "rollcall.labels" . | nindent 4 }}
  {{- if $hook }}
  annotations: {{- include "rollcall.hook" . | nindent 4 }}
  {{- end }}
spec:
  backoffLimit: 4
  activeDeadlineSeconds: {{ .root.Values.migrations.activeDeadlineSeconds }}
  template:
    metadata:
      labels: {{- include "rollcall.podLabels" . | nindent 8 }}
    spec:
      # A pod that failed stays, with its log.
      restartPolicy: Never
      {{- $pod | nindent 6 }}
{{- end -}}

{{/* Where files of Secrets and ConfigMaps are mounted. */}}
{{- define "rollcall.folder" -}}/etc/rollcall{{- end -}}

{{/* Which pods read which settings: made by `npm run chart`. */}}
{{- define "rollcall.readers" -}}
{{- .Files.Get "files/settings.json" -}}
{{- end -}}

{{/* A setting as the text of a variable. JSON keeps large numbers as they are. */}}
{{- define "rollcall.settingText" -}}
{{- if kindIs "slice" . -}}
{{- join "," . -}}
{{- else if kindIs "string" . -}}
{{- . -}}
{{- else -}}
{{- toJson . -}}
{{- end -}}
{{- end -}}

{{/* A text as a part of a URL. */}}
{{- define "rollcall.encoded" -}}
{{- urlquery . | replace "+" "%20" -}}
{{- end -}}

{{/* A URL of Postgres without a password. Takes root, user (of postgres.users) and address (host:port). */}}
{{- define "rollcall.databaseUrl" -}}
{{- $postgres := .root.Values.postgres -}}
{{- $parameters := list (printf "sslmode=%s" $postgres.sslmode) -}}
{{- if eq $postgres.sslmode "verify-full" -}}
{{- if $postgres.ca.key -}}
{{- $parameters = append $parameters (printf "sslrootcert=%s/postgres-ca.pem" (include "rollcall.folder" .)) -}}
{{- end -}}
{{- if dig "certificate" "secret" "" .user -}}
{{- $parameters = append $parameters (printf "sslcert=%s/postgres.crt" (include "rollcall.folder" .)) -}}
{{- $parameters = append $parameters (printf "sslkey=%s/postgres.key" (include "rollcall.folder" .)) -}}
{{- end -}}
{{- end -}}
postgres://{{ include "rollcall.encoded" .user.name }}@{{ .address }}/{{ include "rollcall.encoded" $postgres.database }}?{{ join "&" $parameters }}
{{- end -}}

{{- define "rollcall.primary" -}}
{{ .Values.postgres.host }}:{{ .Values.postgres.port }}
{{- end -}}

{{/* The user of Postgres that a reader of settings signs in as: migrate, api, or ingest for all others. */}}
{{- define "rollcall.userName" -}}
{{- if has . (list "migrate" "api") }}{{ . }}{{ else }}ingest{{ end -}}
{{- end -}}

{{/* Names by which programs of the cluster reach the API. */}}
{{- define "rollcall.apiNames" -}}
{{- $service := printf "%s-api" (include "rollcall.fullname" .) -}}
{{- $name := printf "%s.%s" $service .Release.Namespace -}}
{{- $names := list $service $name (printf "%s.svc" $name) (printf "%s.svc.cluster.local" $name) -}}
{{- with .Values.ingress }}{{ if and .enabled .host }}{{ $names = append $names .host }}{{ end }}{{ end -}}
{{- with .Values.httpRoute }}{{ if .enabled }}{{ $names = concat $names .hostnames }}{{ end }}{{ end -}}
{{- $given := .Values.settings.API_ALLOWED_HOSTS | default list -}}
{{- if kindIs "string" $given }}{{ $given = splitList "," $given }}{{ end -}}
{{- join "," (concat $names $given | uniq) -}}
{{- end -}}

{{/* The variables that settings, files and postgres give. Takes root and reader. */}}
{{- define "rollcall.env" -}}
{{- $root := .root -}}
{{- $reader := .reader -}}
{{- $readers := include "rollcall.readers" $root | fromJson -}}
{{- $user := get $root.Values.postgres.users (include "rollcall.userName" $reader) -}}
{{- range $name, $value := $root.Values.settings }}
{{- if and (has $reader (get $readers $name)) (ne $name "API_ALLOWED_HOSTS") (not (kindIs "invalid" $value)) }}
- name: {{ $name }}
  value: {{ include "rollcall.settingText" $value | quote }}
{{- end }}
{{- end }}
{{- range $name, $file := $root.Values.files }}
{{- if and $file (has $reader (get $readers $name)) }}
- name: {{ $name }}
  {{- if kindIs "slice" $file }}
  {{- $paths := list }}
  {{- range $place, $ := $file }}
  {{- $paths = append $paths (printf "%s/%s-%d" (include "rollcall.folder" $root) $name $place) }}
  {{- end }}
  value: {{ join "," $paths | quote }}
  {{- else }}
  value: {{ include "rollcall.folder" $root }}/{{ $name }}
  {{- end }}
{{- end }}
{{- end }}
- name: DATABASE_URL
  value: {{ include "rollcall.databaseUrl" (dict "root" $root "user" $user "address" (include "rollcall.primary" $root)) | quote }}
{{- if $user.password.secret }}
- name: DATABASE_PASSWORD_FILE
  value: {{ include "rollcall.folder" $root }}/DATABASE_PASSWORD_FILE
{{- end }}
{{- with $root.Values.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* One source of a projected volume. Takes from ({secret or configMap, key}) and path. */}}
{{- define "rollcall.source" -}}
{{- if .from.secret }}
- secret:
    name: {{ .from.secret }}
    items: [{ key: {{ .from.key | quote }}, path: {{ .path | quote }} }]
{{- else }}
- configMap:
    name: {{ .from.configMap }}
    items: [{ key: {{ .from.key | quote }}, path: {{ .path | quote }} }]
{{- end }}
{{- end -}}

{{/* The sources of the files of a pod; empty if it has none. A projected volume follows changes of a Secret, as a subPath
would not. Takes root, reader and bootstrap. */}}
{{- define "rollcall.sources" -}}
{{- $root := .root -}}
{{- $reader := .reader -}}
{{- $readers := include "rollcall.readers" $root | fromJson -}}
{{- $postgres := $root.Values.postgres -}}
{{- $user := get $postgres.users (include "rollcall.userName" $reader) -}}
{{- range $name, $file := $root.Values.files }}
{{- if and $file (has $reader (get $readers $name)) }}
{{- if kindIs "slice" $file }}
{{- range $place, $from := $file }}
{{- include "rollcall.source" (dict "from" $from "path" (printf "%s-%d" $name $place)) }}
{{- end }}
{{- else }}
{{- include "rollcall.source" (dict "from" $file "path" $name) }}
{{- end }}
{{- end }}
{{- end }}
{{- if $postgres.ca.key }}
{{- include "rollcall.source" (dict "from" $postgres.ca "path" "postgres-ca.pem") }}
{{- end }}
{{- if $user.password.secret }}
{{- include "rollcall.source" (dict "from" $user.password "path" "DATABASE_PASSWORD_FILE") }}
{{- end }}
{{- with $user.certificate.secret }}
{{- include "rollcall.source" (dict "from" (dict "secret" . "key" "tls.crt") "path" "postgres.crt") }}
{{- include "rollcall.source" (dict "from" (dict "secret" . "key" "tls.key") "path" "postgres.key") }}
{{- end }}
{{- if .bootstrap }}
{{- include "rollcall.source" (dict "from" $postgres.administrator.password "path" "DATABASE_ADMIN_PASSWORD_FILE") }}
{{- range $role, $user := $postgres.users }}
{{- if $user.password.secret }}
{{- include "rollcall.source" (dict "from" $user.password "path" (printf "DATABASE_%s_PASSWORD_FILE" (upper $role))) }}
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

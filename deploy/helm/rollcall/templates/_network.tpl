{{/* Ports of addresses such as host:port, [::1]:port or a URL, as a JSON list. Takes addresses (comma-separated text or a
list) and fallback. */}}
{{- define "rollcall.portsOf" -}}
{{- $ports := list -}}
{{- $addresses := .addresses -}}
{{- if not (kindIs "slice" $addresses) }}{{ $addresses = splitList "," (toString $addresses) }}{{ end -}}
{{- range $address := $addresses -}}
{{- $address = trim (toString $address) -}}
{{- if $address -}}
{{- $host := regexReplaceAll "^[a-z]+://([^/]+).*$" $address "${1}" -}}
{{- $port := regexFind "[0-9]+$" (regexFind ":[0-9]+$" $host) -}}
{{- $default := ternary 389 $.fallback (hasPrefix "ldap://" $address) -}}
{{- $default = ternary 80 $default (hasPrefix "http://" $address) -}}
{{- $ports = append $ports (default $default $port | int) -}}
{{- end -}}
{{- end -}}
{{- $ports | uniq | toJson -}}
{{- end -}}

{{/* A rule of egress of one wire. Takes wire (its values), ports (JSON list) and protocols. */}}
{{- define "rollcall.egress" -}}
{{- $ports := fromJsonArray .ports -}}
{{- with .wire.ports }}{{ $ports = . }}{{ end -}}
{{- if $ports }}
- ports:
    {{- range $protocol := default (list "TCP") .protocols }}
    {{- range $port := $ports }}
    - { port: {{ $port }}, protocol: {{ $protocol }} }
    {{- end }}
    {{- end }}
  {{- with .wire.to }}
  to: {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}
{{- end -}}

{{/* All wires out of a component: its own and no others. Takes root and component. */}}
{{- define "rollcall.egressRules" -}}
{{- $settings := .root.Values.settings -}}
{{- $network := .root.Values.networkPolicy -}}
{{- include "rollcall.egress" (dict "wire" $network.dns "ports" "[]" "protocols" (list "UDP" "TCP")) }}
{{- $databases := append .root.Values.postgres.replicas (include "rollcall.primary" .root) }}
{{- include "rollcall.egress" (dict "wire" $network.postgres "ports" (include "rollcall.portsOf" (dict "addresses" $databases "fallback" 5432))) }}
{{- include "rollcall.egress" (dict "wire" $network.kafka "ports" (include "rollcall.portsOf" (dict "addresses" $settings.KAFKA_BROKERS "fallback" 9092))) }}
{{- if ne .component "jobs" }}
{{- include "rollcall.egress" (dict "wire" $network.temporal "ports" (include "rollcall.portsOf" (dict "addresses" $settings.TEMPORAL_ADDRESS "fallback" 7233))) }}
{{- end }}
{{- $providers := list }}
{{- with $settings.KAFKA_OAUTHBEARER_TOKEN_ENDPOINT_URL }}{{ $providers = append $providers . }}{{ end }}
{{- if eq .component "api" }}
{{- $issuers := default (list) $settings.OIDC_ISSUERS }}
{{- $providers = concat $providers (kindIs "slice" $issuers | ternary $issuers (splitList "," (toString $issuers))) }}
{{- end }}
{{- include "rollcall.egress" (dict "wire" (ternary $network.oidc (dict "ports" list "to" list) (gt (len $providers) 0)) "ports" (include "rollcall.portsOf" (dict "addresses" $providers "fallback" 443))) }}
{{- if and (eq .component "api") $settings.LDAP_URLS }}
{{- include "rollcall.egress" (dict "wire" $network.ldap "ports" (include "rollcall.portsOf" (dict "addresses" $settings.LDAP_URLS "fallback" 636))) }}
{{- end }}
{{- $collectors := list }}
{{- range list $settings.OTEL_EXPORTER_OTLP_ENDPOINT $settings.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT }}{{ if . }}{{ $collectors = append $collectors . }}{{ end }}{{ end }}
{{- if and $collectors (ne .component "jobs") }}
{{- include "rollcall.egress" (dict "wire" $network.otlp "ports" (include "rollcall.portsOf" (dict "addresses" $collectors "fallback" 443))) }}
{{- end }}
{{- with $network.extraEgress }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* A rule of ingress; none if nobody may. Takes from and ports. */}}
{{- define "rollcall.ingress" -}}
{{- if .from }}
- from: {{- toYaml .from | nindent 4 }}
  ports:
    {{- range .ports }}
    - { port: {{ . }}, protocol: TCP }
    {{- end }}
{{- end }}
{{- end -}}

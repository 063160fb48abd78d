{{/* KEDA's name of KAFKA_SASL_MECHANISM. */}}
{{- define "rollcall.kedaSasl" -}}
{{- $names := dict "none" "none" "PLAIN" "plaintext" "SCRAM-SHA-256" "scram_sha256" "SCRAM-SHA-512" "scram_sha512" "OAUTHBEARER" "oauthbearer" -}}
{{- get $names (default "none" .Values.settings.KAFKA_SASL_MECHANISM) -}}
{{- end -}}

{{/* How KEDA signs in at the brokers, with the same Secrets as a worker; empty: it need not. */}}
{{- define "rollcall.kedaAuthentication" -}}
{{- $settings := .Values.settings -}}
{{- $secrets := list -}}
{{- $parameters := dict "KAFKA_TLS_CA_FILE" "ca" "KAFKA_TLS_CERT_FILE" "cert" "KAFKA_TLS_KEY_FILE" "key" "KAFKA_SASL_PASSWORD_FILE" "password" "KAFKA_OAUTHBEARER_CLIENT_SECRET_FILE" "password" -}}
{{- $configMaps := list -}}
{{- range $file, $parameter := $parameters -}}
{{- with get $.Values.files $file -}}
{{- if .secret -}}
{{- $secrets = append $secrets (dict "parameter" $parameter "name" .secret "key" .key) -}}
{{- else -}}
{{- $configMaps = append $configMaps (dict "parameter" $parameter "name" .configMap "key" .key) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- $variables := list -}}
{{- range $setting, $parameter := dict "KAFKA_SASL_USERNAME" "username" "KAFKA_OAUTHBEARER_CLIENT_ID" "username" "KAFKA_OAUTHBEARER_SCOPE" "scopes" "KAFKA_OAUTHBEARER_TOKEN_ENDPOINT_URL" "oauthTokenEndpointUri" -}}
{{- if get $settings $setting -}}
{{- $variables = append $variables (dict "parameter" $parameter "name" $setting "containerName" "worker") -}}
{{- end -}}
{{- end -}}
{{- with $secrets }}
secretTargetRef: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $configMaps }}
configMapTargetRef: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $variables }}
env: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* What is missing or contradicts itself, all at once. What the schema can say, it says; what a process says at its start in the
same words as ever is left to it. */}}
{{- define "rollcall.check" -}}
{{- $values := .Values -}}
{{- $settings := .Values.settings -}}
{{- $problems := list -}}
{{- if not $values.image.repository -}}
{{- $problems = append $problems "image.repository: give the place of the image that you built of the Dockerfile, such as registry.example/rollcall" -}}
{{- end -}}
{{- if not $settings.KAFKA_BROKERS -}}
{{- $problems = append $problems "settings.KAFKA_BROKERS: give the brokers, such as kafka-bootstrap.kafka:9093" -}}
{{- end -}}
{{- if not $settings.TEMPORAL_ADDRESS -}}
{{- $problems = append $problems "settings.TEMPORAL_ADDRESS: give the Temporal server, such as temporal-frontend.temporal:7233" -}}
{{- end -}}
{{- if not $values.postgres.host -}}
{{- $problems = append $problems "postgres.host: give the primary, such as rollcall-rw.postgres" -}}
{{- end -}}
{{- range $role, $user := $values.postgres.users -}}
{{- if and (not $user.password.secret) (not $user.certificate.secret) (or (ne $role "migrate") $values.migrations.enabled) -}}
{{- $problems = append $problems (printf "postgres.users.%s: give the Secret of its password (password.secret and password.key) or of its client certificate (certificate.secret)" $role) -}}
{{- end -}}
{{- if and $user.certificate.secret (ne $values.postgres.sslmode "verify-full") -}}
{{- $problems = append $problems (printf "postgres.users.%s.certificate: needs postgres.sslmode verify-full" $role) -}}
{{- end -}}
{{- end -}}
{{- if and $values.migrations.bootstrap (not $values.postgres.administrator.password.secret) -}}
{{- $problems = append $problems "postgres.administrator.password: give the Secret with which migrations.bootstrap makes the roles" -}}
{{- end -}}
{{- $identity := or $settings.OIDC_ISSUERS $settings.LDAP_URLS -}}
{{- $open := eq "true" (toString $settings.API_WITHOUT_IDENTITY) -}}
{{- if and (not $identity) (not $open) -}}
{{- $problems = append $problems "settings: say who may ask: OIDC_ISSUERS or LDAP_URLS with what they need (docs/sign-in.md), or API_WITHOUT_IDENTITY: true, with which whoever reaches the API may do everything" -}}
{{- end -}}
{{- if and $identity $open -}}
{{- $problems = append $problems "settings.API_WITHOUT_IDENTITY: must not be true beside OIDC_ISSUERS or LDAP_URLS" -}}
{{- end -}}
{{- if and $identity (not $settings.ROLE_GROUPS) -}}
{{- $problems = append $problems "settings.ROLE_GROUPS: give the groups that have each role, such as { viewer: [staff], operator: [oncall] }" -}}
{{- end -}}
{{- if and $settings.OIDC_ISSUERS (not $settings.OIDC_AUDIENCE) (not $settings.API_PUBLIC_URL) -}}
{{- $problems = append $problems "settings.OIDC_AUDIENCE: give the audience that tokens for this API have, or API_PUBLIC_URL" -}}
{{- end -}}
{{- if or $settings.OIDC_CLIENT_ID $settings.LDAP_URLS -}}
{{- if not $settings.API_PUBLIC_URL -}}
{{- $problems = append $problems "settings.API_PUBLIC_URL: give where browsers reach the API, such as https://rollcall.example, because people sign in there" -}}
{{- end -}}
{{- if not $values.files.SESSION_KEY_FILE -}}
{{- $problems = append $problems "files.SESSION_KEY_FILE: give the Secret of the key of sessions, such as { secret: rollcall-sessions, key: key }, because people sign in" -}}
{{- end -}}
{{- end -}}
{{- if and $identity (not $values.files.PSEUDONYM_KEY_FILE) -}}
{{- $problems = append $problems "files.PSEUDONYM_KEY_FILE: give the Secret of the key of pseudonyms, or each pod shows others" -}}
{{- end -}}
{{- with $values.worker.autoscaling -}}
{{- if .enabled -}}
{{- $partitions := default 4 $settings.KAFKA_PARTITIONS | int -}}
{{- if gt (int .maxReplicas) $partitions -}}
{{- $problems = append $problems (printf "worker.autoscaling.maxReplicas: must be %d at most, the partitions that settings.KAFKA_PARTITIONS says (give there what the topic has): more workers have nothing to read" $partitions) -}}
{{- end -}}
{{- if gt (int .minReplicas) (int .maxReplicas) -}}
{{- $problems = append $problems "worker.autoscaling.minReplicas: must not be more than maxReplicas" -}}
{{- end -}}
{{- if and (eq .trigger "prometheus") (not .prometheusAddress) -}}
{{- $problems = append $problems "worker.autoscaling.prometheusAddress: give Prometheus, such as http://prometheus.monitoring:9090" -}}
{{- end -}}
{{- if and (eq .trigger "prometheus") (not $values.metrics.enabled) -}}
{{- $problems = append $problems "worker.autoscaling.trigger: prometheus needs metrics.enabled" -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- with $values.api.autoscaling -}}
{{- if and .enabled (gt (int .minReplicas) (int .maxReplicas)) -}}
{{- $problems = append $problems "api.autoscaling.minReplicas: must not be more than maxReplicas" -}}
{{- end -}}
{{- end -}}
{{- $stop := add $values.api.preStopSeconds (default 5 $settings.API_DRAIN_SECONDS | int) 15 -}}
{{- if lt (int $values.api.terminationGracePeriodSeconds) (int $stop) -}}
{{- $problems = append $problems (printf "api.terminationGracePeriodSeconds: must be %d at least: preStopSeconds, settings.API_DRAIN_SECONDS (5 unless given), and 15 for requests in flight" $stop) -}}
{{- end -}}
{{- if and $values.ingress.enabled (not $values.ingress.host) -}}
{{- $problems = append $problems "ingress.host: give the name by which clients reach the API" -}}
{{- end -}}
{{- if and $values.httpRoute.enabled (or (not $values.httpRoute.parentRefs) (not $values.httpRoute.hostnames)) -}}
{{- $problems = append $problems "httpRoute: give parentRefs (the Gateway) and hostnames" -}}
{{- end -}}
{{- if and $values.networkPolicy.enabled $values.metrics.podMonitor.enabled (not $values.networkPolicy.metrics.from) -}}
{{- $problems = append $problems "networkPolicy.metrics.from: give the peers of Prometheus, or it reaches nothing, such as [{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: monitoring } } }]" -}}
{{- end -}}
{{- if and (not $values.metrics.enabled) (or $values.metrics.podMonitor.enabled $values.metrics.prometheusRule.enabled) -}}
{{- $problems = append $problems "metrics.enabled: must be true for podMonitor and prometheusRule" -}}
{{- end -}}
{{- if $problems -}}
{{- fail (printf "values of rollcall:\n- %s\n" (join "\n- " $problems)) -}}
{{- end -}}
{{- end -}}

{{/* The spec of every pod: not root, a read-only root, no capabilities, no token of the API server, no variables of Services
(those of one named "api" would be API_PORT).
Takes root, component, reader, container (the rest of the container as YAML) and bootstrap. */}}
{{- define "rollcall.podSpec" -}}
{{- $sources := include "rollcall.sources" . -}}
serviceAccountName: {{ include "rollcall.fullname" .root }}-{{ .component }}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with .root.Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
securityContext:
  runAsNonRoot: true
  seccompProfile: { type: RuntimeDefault }
  {{- with .root.Values.podSecurityContext }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
containers:
  - name: {{ .component }}
    image: {{ include "rollcall.image" .root | quote }}
    imagePullPolicy: {{ .root.Values.image.pullPolicy }}
    securityContext:
      allowPrivilegeEscalation: false
      readOnlyRootFilesystem: true
      capabilities: { drop: [ALL] }
    {{- .container | nindent 4 }}
    volumeMounts:
      - { name: tmp, mountPath: /tmp }
      {{- if $sources }}
      - { name: files, mountPath: {{ include "rollcall.folder" . }}, readOnly: true }
      {{- end }}
volumes:
  # The compiler of workflows unpacks its 30 MB there; nothing else is written.
  - name: tmp
    emptyDir: { sizeLimit: 64Mi }
  {{- if $sources }}
  - name: files
    projected:
      defaultMode: 0440
      sources: {{- $sources | nindent 8 }}
  {{- end }}
{{- end -}}

{{/* Where the pods of a role may run. Takes root, component and config. */}}
{{- define "rollcall.placement" -}}
{{- with .root.Values.topologySpread }}
{{- if .enabled }}
topologySpreadConstraints:
  {{- range $key := list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
  - maxSkew: 1
    topologyKey: {{ $key }}
    whenUnsatisfiable: {{ $.root.Values.topologySpread.whenUnsatisfiable }}
    # Those of this version only: pods of the one before are about to go.
    matchLabelKeys: [pod-template-hash]
    labelSelector:
      matchLabels: {{- include "rollcall.selectorLabels" $ | nindent 8 }}
  {{- end }}
{{- end }}
{{- end }}
{{- with .config.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .config.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .config.affinity }}
affinity: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .config.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- end -}}

{{/* /health says that the process answers, and stays 200 while Kafka, Postgres or Temporal are away: restarts would not bring
them back. A busy process may be late. Takes port, scheme and ready (the path). */}}
{{- define "rollcall.probes" -}}
startupProbe:
  httpGet: { path: /health, port: {{ .port }}, scheme: {{ .scheme }} }
  periodSeconds: 2
  timeoutSeconds: 5
  failureThreshold: 60
livenessProbe:
  httpGet: { path: /health, port: {{ .port }}, scheme: {{ .scheme }} }
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 6
readinessProbe:
  httpGet: { path: {{ .ready | quote }}, port: {{ .port }}, scheme: {{ .scheme }} }
  periodSeconds: 5
  timeoutSeconds: 5
  failureThreshold: 2
{{- end -}}

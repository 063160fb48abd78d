{{/* A Deployment. Takes root, component, config (its values), reader, replicas (false: an autoscaler decides) and container. */}}
{{- define "rollcall.deployment" -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include "rollcall.fullname" .root }}-{{ .component }}
  namespace: {{ .root.Release.Namespace }}
  labels: {{- include "rollcall.labels" . | nindent 4 }}
spec:
  {{- if .replicas }}
  replicas: {{ .config.replicas }}
  {{- end }}
  revisionHistoryLimit: 3
  # One more, then one less: the work of a pod that goes always has somewhere to go.
  strategy:
    type: RollingUpdate
    rollingUpdate: { maxSurge: 1, maxUnavailable: 0 }
  minReadySeconds: 5
  selector:
    matchLabels: {{- include "rollcall.selectorLabels" . | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "rollcall.podLabels" . | nindent 8 }}
        {{- with .config.podLabels }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      annotations:
        kubectl.kubernetes.io/default-container: {{ .component }}
        {{- with .config.podAnnotations }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
    spec:
      terminationGracePeriodSeconds: {{ .config.terminationGracePeriodSeconds }}
      {{- include "rollcall.placement" . | nindent 6 }}
      {{- include "rollcall.podSpec" . | nindent 6 }}
{{- end -}}

{{/* How many pods of a role may be missing at once. Pods that are not ready may always go: while a dependency is away none is,
and a node must be drained all the same. Takes root, component and config. */}}
{{- define "rollcall.podDisruptionBudget" -}}
{{- if .config.podDisruptionBudget.enabled }}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ include "rollcall.fullname" .root }}-{{ .component }}
  namespace: {{ .root.Release.Namespace }}
  labels: {{- include "rollcall.labels" . | nindent 4 }}
spec:
  maxUnavailable: {{ .config.podDisruptionBudget.maxUnavailable }}
  unhealthyPodEvictionPolicy: AlwaysAllow
  selector:
    matchLabels: {{- include "rollcall.selectorLabels" . | nindent 6 }}
{{- end }}
{{- end -}}

{{/* What the pods of both roles share. */}}

{{/* Nodes of one role on different hosts. Takes `root` and `component`. */}}
{{- define "erlmcp.antiAffinityTerm" -}}
labelSelector:
  matchLabels:
    {{- include "erlmcp.selectorLabels" . | nindent 4 }}
topologyKey: kubernetes.io/hostname
{{- end -}}

{{/* The scheduling that values may set. Takes a workload's values. */}}
{{- define "erlmcp.scheduling" -}}
{{- with .nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .topologySpreadConstraints }}
topologySpreadConstraints:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- end -}}

{{/* Pods start anew when the configuration changes. Takes `root` and `workload`. */}}
{{- define "erlmcp.podAnnotations" -}}
checksum/config: {{ include (print .root.Template.BasePath "/configmap.yaml") .root | sha256sum }}
{{- with .workload.podAnnotations }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* The probes of a workload, as values have them. */}}
{{- define "erlmcp.probes" -}}
{{- with .livenessProbe }}
livenessProbe:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .readinessProbe }}
readinessProbe:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

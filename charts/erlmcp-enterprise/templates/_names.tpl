{{/* Names and labels. */}}

{{- define "erlmcp.name" -}}
{{- .Values.nameOverride | default "erlmcp" | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{/* 40 characters leave room for the suffixes that Kubernetes and this chart put behind it; Services take no dots. */}}
{{- define "erlmcp.fullname" -}}
{{- $name := include "erlmcp.name" . -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- else if contains $name .Release.Name -}}
{{- .Release.Name | replace "." "-" | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | replace "." "-" | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "erlmcp.gateway.fullname" -}}
{{- printf "%s-gateway" (include "erlmcp.fullname" .) -}}
{{- end -}}

{{- define "erlmcp.headless" -}}
{{- printf "%s-headless" (include "erlmcp.fullname" .) -}}
{{- end -}}

{{- define "erlmcp.secretName" -}}
{{- .Values.secrets.existingSecret | default (printf "%s-secrets" (include "erlmcp.fullname" .)) -}}
{{- end -}}

{{- define "erlmcp.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- .Values.serviceAccount.name | default (include "erlmcp.fullname" .) -}}
{{- else -}}
{{- .Values.serviceAccount.name | default "default" -}}
{{- end -}}
{{- end -}}

{{- define "erlmcp.image" -}}
{{- if .Values.image.digest -}}
{{- printf "%s@%s" .Values.image.repository .Values.image.digest -}}
{{- else -}}
{{- printf "%s:%s" .Values.image.repository (.Values.image.tag | default .Chart.AppVersion) -}}
{{- end -}}
{{- end -}}

{{/* The labels that select the pods of a role. They never change, since selectors can't. Takes `root` and `component`. */}}
{{- define "erlmcp.selectorLabels" -}}
app: {{ include "erlmcp.name" .root | quote }}
component: {{ .component }}
app.kubernetes.io/instance: {{ .root.Release.Name | quote }}
{{- end -}}

{{/* The labels of every object. Takes `root` and, for the objects of a role, `component`. */}}
{{- define "erlmcp.labels" -}}
app: {{ include "erlmcp.name" .root | quote }}
{{- with .component }}
component: {{ . }}
{{- end }}
app.kubernetes.io/name: {{ include "erlmcp.name" .root | quote }}
app.kubernetes.io/instance: {{ .root.Release.Name | quote }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- end -}}

{{/* The role that clients talk to. */}}
{{- define "erlmcp.frontend" -}}
{{- ternary "gateway" "cluster" .Values.deployment.enabled -}}
{{- end -}}

{{- define "erlmcp.hybrid" -}}
{{- if and .Values.deployment.enabled .Values.statefulset.enabled }}true{{ end -}}
{{- end -}}

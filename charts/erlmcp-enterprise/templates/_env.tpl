{{/* The environment of the nodes. */}}

{{/* What every node is told. */}}
{{- define "erlmcp.env.common" -}}
{{- $vm := .Values.app.erlang.vm -}}
LOG_LEVEL: {{ .Values.app.logLevel | quote }}
ERL_MAX_PORTS: {{ $vm.maxPorts | int | quote }}
ERLANG_FLAGS: {{ printf "+Q %d +P %d +e %d +K true +A %d" (int $vm.maxPorts) (int $vm.maxProcesses) (int $vm.maxEtsTables) (int $vm.asyncThreads) | quote }}
{{- with .Values.app.cache }}
{{- if and .enabled .redis.host }}
ERLMCP_CACHE_TYPE: {{ .type | quote }}
ERLMCP_REDIS_HOST: {{ .redis.host | quote }}
ERLMCP_REDIS_PORT: {{ .redis.port | int | quote }}
{{- end }}
{{- end }}
{{- with .Values.app.database }}
{{- if .enabled }}
ERLMCP_DATABASE_TYPE: {{ .type | quote }}
ERLMCP_DATABASE_HOST: {{ .host | quote }}
ERLMCP_DATABASE_PORT: {{ .port | int | quote }}
ERLMCP_DATABASE_NAME: {{ .name | quote }}
ERLMCP_DATABASE_USER: {{ .user | quote }}
{{- end }}
{{- end }}
{{- end -}}

{{/* What makes a node a gateway. */}}
{{- define "erlmcp.env.gateway" -}}
ERLMCP_NODE_TYPE: gateway
ERLMCP_CLUSTERING: "false"
{{- if include "erlmcp.hybrid" . }}
{{- $given := merge (dict) .Values.deployment.env .Values.gateway.env }}
{{- if not (or (hasKey $given "ERLMCP_BACKEND_NODES") (hasKey $given "ERLMCP_BACKEND_CLUSTER")) }}
{{- if eq .Values.gateway.backend.discovery "nodes" }}
ERLMCP_BACKEND_NODES: {{ include "erlmcp.nodes" . }}
{{- else }}
ERLMCP_BACKEND_CLUSTER: {{ include "erlmcp.headless" . }}
{{- end }}
{{- end }}
{{- else }}
ERLMCP_SESSION_BACKEND: {{ .Values.app.sessions.backend | default "redis" }}
{{- end }}
{{- end -}}

{{/* What makes a node a member of the cluster. */}}
{{- define "erlmcp.env.cluster" -}}
ERLMCP_NODE_TYPE: cluster
ERLMCP_CLUSTERING: "true"
ERLMCP_CLUSTER_DISCOVERY: kubernetes
ERLMCP_K8S_SERVICE: {{ include "erlmcp.headless" . }}
ERLMCP_MNESIA_DIR: /data/mnesia
ERLMCP_SESSION_BACKEND: {{ .Values.app.sessions.backend | default "mnesia" }}
ERL_AFLAGS: "-kernel inet_dist_listen_min 9100 inet_dist_listen_max 9100"
{{- end -}}

{{/* The pods of the cluster as gateways reach them: erlmcp-0.erlmcp-headless,… */}}
{{- define "erlmcp.nodes" -}}
{{- $nodes := list -}}
{{- range $ordinal := until (int .Values.statefulset.replicas) -}}
{{- $nodes = append $nodes (printf "%s-%d.%s" (include "erlmcp.fullname" $) $ordinal (include "erlmcp.headless" $)) -}}
{{- end -}}
{{- join "," $nodes -}}
{{- end -}}

{{/*
The environment of a role as a list. Later layers win: what the chart sets, `app.erlang.env`, the role's
`env`, the workload's `env`. In a hybrid `app.erlang.env` is meant for both roles, so it stands below what makes a role.
Takes `root`, `component` and `env` (the list of maps that win, weakest first).
*/}}
{{- define "erlmcp.env" -}}
{{- $common := include "erlmcp.env.common" .root | fromYaml -}}
{{- $role := include (printf "erlmcp.env.%s" .component) .root | fromYaml -}}
{{- $app := .root.Values.app.erlang.env -}}
{{- $env := dict -}}
{{- $layers := ternary (list $common $app $role) (list $common $role $app) (eq (include "erlmcp.hybrid" .root) "true") -}}
{{- range concat $layers .env -}}
{{- $env = mergeOverwrite $env . -}}
{{- end -}}
{{- range $name, $value := $env }}
- name: {{ $name }}
  value: {{ $value | quote }}
{{- end }}
- name: ERLANG_COOKIE
  valueFrom:
    secretKeyRef:
      name: {{ include "erlmcp.secretName" .root }}
      key: erlang-cookie
{{- if .root.Values.app.database.enabled }}
- name: ERLMCP_DATABASE_PASSWORD
  valueFrom:
    secretKeyRef:
      name: {{ include "erlmcp.secretName" .root }}
      key: {{ .root.Values.app.database.passwordKey }}
{{- end }}
{{- end -}}

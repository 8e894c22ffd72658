{{/* Combinations that cannot work. The schema refuses wrong keys and types before. */}}
{{- define "erlmcp.validate" -}}
{{- if not (or .Values.deployment.enabled .Values.statefulset.enabled) -}}
{{- fail "nothing to run: set deployment.enabled (gateways), statefulset.enabled (an Erlang cluster) or both (a hybrid) to true" -}}
{{- end -}}
{{- if and .Values.autoscaling.enabled (not .Values.deployment.enabled) -}}
{{- fail "autoscaling.enabled scales the gateways: set deployment.enabled to true, or autoscaling.enabled to false" -}}
{{- end -}}
{{- if and .Values.autoscaling.enabled (gt (int .Values.autoscaling.minReplicas) (int .Values.autoscaling.maxReplicas)) -}}
{{- fail "autoscaling.minReplicas is above autoscaling.maxReplicas" -}}
{{- end -}}
{{- if not .Values.statefulset.enabled -}}
{{- $env := mergeOverwrite (dict) .Values.app.erlang.env .Values.gateway.env .Values.deployment.env -}}
{{- if eq (toString (get $env "ERLMCP_CLUSTERING")) "true" -}}
{{- fail "ERLMCP_CLUSTERING is \"true\", but pods of a Deployment have no stable names to cluster by: set statefulset.enabled to true" -}}
{{- end -}}
{{- $backend := get $env "ERLMCP_SESSION_BACKEND" | default .Values.app.sessions.backend | default "redis" -}}
{{- if eq $backend "mnesia" -}}
{{- fail "sessions in Mnesia need a volume per node: set statefulset.enabled to true, or app.sessions.backend to redis" -}}
{{- end -}}
{{- if and (eq $backend "redis") (not (and .Values.app.cache.enabled .Values.app.cache.redis.host)) -}}
{{- fail "sessions in Redis need app.cache.enabled and app.cache.redis.host" -}}
{{- end -}}
{{- end -}}
{{- if and .Values.app.database.enabled (not .Values.app.database.host) -}}
{{- fail "app.database.enabled needs app.database.host" -}}
{{- end -}}
{{- if and .Values.secrets.create .Values.secrets.existingSecret -}}
{{- fail "secrets.create makes a Secret and secrets.existingSecret names one: set one of them" -}}
{{- end -}}
{{- if and .Values.secrets.create (not .Values.secrets.erlangCookie) -}}
{{- fail "secrets.create needs secrets.erlangCookie" -}}
{{- end -}}
{{- end -}}

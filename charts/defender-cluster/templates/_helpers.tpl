{{/* Takes the chart's root. */}}
{{- define "defender.fullname" -}}
{{- ternary .Release.Name (printf "%s-defender" .Release.Name) (contains "defender" .Release.Name) | replace "." "-" | trunc 50 | trimSuffix "-" -}}
{{- end -}}

{{/* Takes `root` and `track`: what selects the pods of a track. */}}
{{- define "defender.selectorLabels" -}}
app: defender
app.kubernetes.io/instance: {{ .root.Release.Name | quote }}
track: {{ .track }}
{{- end -}}

{{/* Takes `root` and, for the objects of a track, `track`. */}}
{{- define "defender.labels" -}}
app: defender
app.kubernetes.io/name: defender
app.kubernetes.io/instance: {{ .root.Release.Name | quote }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- with .track }}
track: {{ . }}
{{- end }}
{{- end -}}

{{/*
The Deployments of the chosen rollout, as YAML under `tracks`: each a name, the track, its replicas, its image tag and
its range of IDs.
*/}}
{{- define "defender.tracks" -}}
{{- $name := include "defender.fullname" . -}}
{{- $tag := .Values.image.tag | default (printf "v%s" .Chart.AppVersion) -}}
tracks:
{{- if eq .Values.rollout "rolling" }}
- {name: {{ $name }}, track: stable, replicas: {{ .Values.replicas }}, tag: {{ $tag | quote }}, first: {{ .Values.ids.first }}, ids: {{ .Values.ids.max }}}
{{- else if eq .Values.rollout "canary" }}
- {name: {{ $name }}-stable, track: stable, replicas: {{ sub .Values.replicas .Values.canary.replicas }}, tag: {{ $tag | quote }}, first: {{ .Values.ids.first }}, ids: {{ .Values.ids.max }}}
- {name: {{ $name }}-canary, track: canary, replicas: {{ .Values.canary.replicas }}, tag: {{ .Values.canary.tag | default $tag | quote }}, first: {{ .Values.ids.first }}, ids: {{ .Values.ids.max }}}
{{- else }}
{{- range $colour := list "blue" "green" }}
{{- with get $.Values.blueGreen $colour }}
{{- if .enabled }}
- {name: {{ $name }}-{{ $colour }}, track: {{ $colour }}, replicas: {{ $.Values.replicas }}, tag: {{ .tag | default $tag | quote }}, first: {{ .firstId }}, ids: {{ .ids }}}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{- define "defender.claims" -}}
{{- if eq .Values.identity "self-assigned" }}true{{ end -}}
{{- end -}}

{{/* Combinations that cannot work. */}}
{{- define "defender.validate" -}}
{{- if and (eq .Values.identity "statefulset") (ne .Values.rollout "rolling") -}}
{{- fail (printf "rollout: %s needs pods that can run beside each other: set identity to self-assigned or deployment" .Values.rollout) -}}
{{- end -}}
{{- if and (eq .Values.rollout "canary") (ge (int .Values.canary.replicas) (int .Values.replicas)) -}}
{{- fail (printf "canary.replicas of %d leaves nothing of %d replicas to the stable version" (int .Values.canary.replicas) (int .Values.replicas)) -}}
{{- end -}}
{{- if and (eq .Values.rollout "blue-green") (not (get .Values.blueGreen .Values.blueGreen.active).enabled) -}}
{{- fail (printf "blueGreen.active leads the Service to %s, which is not enabled" .Values.blueGreen.active) -}}
{{- end -}}
{{- if and .Values.autoscaling.enabled (ne .Values.rollout "rolling") -}}
{{- fail "autoscaling needs one Deployment: set rollout to rolling, or autoscaling.enabled to false" -}}
{{- end -}}
{{- if include "defender.claims" . -}}
{{- $surge := int .Values.rollingUpdate.maxSurge -}}
{{- $most := int (ternary .Values.autoscaling.maxReplicas .Values.replicas .Values.autoscaling.enabled) -}}
{{- if eq .Values.rollout "blue-green" -}}
{{- $blue := .Values.blueGreen.blue -}}{{- $green := .Values.blueGreen.green -}}
{{- range $colour := list $blue $green -}}
{{- if and $colour.enabled (lt (int $colour.ids) (add $most $surge)) -}}
{{- fail (printf "a range of %d IDs is too small for %d replicas and a surge of %d: raise blueGreen.*.ids" (int $colour.ids) $most $surge) -}}
{{- end -}}
{{- end -}}
{{- if and $blue.enabled $green.enabled (lt (int $blue.firstId) (add $green.firstId $green.ids)) (lt (int $green.firstId) (add $blue.firstId $blue.ids)) -}}
{{- fail "the ID ranges of blue and green overlap: set blueGreen.green.firstId to blueGreen.blue.firstId + blueGreen.blue.ids or more" -}}
{{- end -}}
{{- else -}}
{{- $tracks := ternary 2 1 (eq .Values.rollout "canary") -}}
{{- if lt (int .Values.ids.max) (add $most (mul $surge $tracks)) -}}
{{- fail (printf "ids.max of %d is too small for %d replicas and a surge of %d in each of %d Deployments" (int .Values.ids.max) $most $surge $tracks) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* The pod template of every identity. Takes `root`, `track`, `tag`, `first` and `ids`. */}}
{{- define "defender.pod" -}}
{{- $values := .root.Values -}}
{{- $stateful := eq $values.identity "statefulset" -}}
metadata:
  labels:
    {{- include "defender.labels" . | nindent 4 }}
spec:
  serviceAccountName: {{ include "defender.fullname" .root }}
  automountServiceAccountToken: false
  {{- with $values.imagePullSecrets }}
  imagePullSecrets:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  securityContext:
    {{- toYaml $values.podSecurityContext | nindent 4 }}
  affinity:
    podAntiAffinity:
      preferredDuringSchedulingIgnoredDuringExecution:
        - weight: 100
          podAffinityTerm:
            labelSelector:
              matchLabels:
                {{- include "defender.selectorLabels" . | nindent 16 }}
            topologyKey: kubernetes.io/hostname
  containers:
    - name: defender
      image: "{{ $values.image.repository }}:{{ .tag }}"
      imagePullPolicy: {{ $values.image.pullPolicy }}
      ports:
        - name: http
          containerPort: 8080
        - name: metrics
          containerPort: 9090
      env:
        - name: POD_NAME
          valueFrom:
            fieldRef:
              fieldPath: metadata.name
        - name: POD_UID
          valueFrom:
            fieldRef:
              fieldPath: metadata.uid
        - name: NATS_SERVERS
          value: {{ $values.nats.servers | quote }}
        - name: CASSANDRA_CONTACT_POINTS
          value: {{ $values.cassandra.contactPoints | quote }}
        {{- if include "defender.claims" .root }}
        - name: NATS_KV_STABLE_IDS
          value: {{ $values.ids.bucket | quote }}
        - name: FIRST_DEFENDER
          value: {{ .first | int | quote }}
        - name: MAX_DEFENDERS
          value: {{ .ids | int | quote }}
        - name: CLAIM_TTL_SECONDS
          value: {{ $values.ids.claimTTLSeconds | int | quote }}
        {{- else if $stateful }}
        - name: DEFENDER_ID
          valueFrom:
            fieldRef:
              fieldPath: metadata.name
        {{- end }}
      resources:
        {{- toYaml $values.resources | nindent 8 }}
      {{- with $values.livenessProbe }}
      livenessProbe:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with $values.readinessProbe }}
      readinessProbe:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      lifecycle:
        preStop:
          exec:
            command: ["/bin/sh", "-c", "sleep {{ $values.preStopSeconds }}"]
      securityContext:
        {{- toYaml $values.securityContext | nindent 8 }}
      volumeMounts:
        - name: cache
          mountPath: /var/cache/defender
  {{- if not $stateful }}
  volumes:
    - name: cache
      emptyDir:
        medium: Memory
        sizeLimit: {{ $values.cache.sizeLimit }}
  {{- end }}
  terminationGracePeriodSeconds: {{ $values.terminationGracePeriodSeconds }}
{{- end -}}

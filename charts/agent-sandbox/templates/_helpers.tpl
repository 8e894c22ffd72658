{{/* The release is the sandbox: Sealos finds all its parts by this one name. */}}
{{- define "sandbox.name" -}}
{{- .Release.Name | replace "." "-" | trunc 45 | trimSuffix "-" -}}
{{- end -}}

{{- define "sandbox.service" -}}
{{- include "sandbox.name" . }}-service
{{- end -}}

{{- define "sandbox.labels" -}}
app: {{ include "sandbox.name" . | quote }}
cloud.sealos.io/app-deploy-manager: {{ include "sandbox.name" . | quote }}
{{- end -}}

{{/* Only these select pods: Sealos changes the others. */}}
{{- define "sandbox.selectorLabels" -}}
app: {{ include "sandbox.name" . | quote }}
{{- end -}}

{{- define "sandbox.image" -}}
{{- printf "%s:%s" .Values.image.repository (.Values.image.tag | default .Chart.AppVersion) -}}
{{- end -}}

{{- define "sandbox.annotations" -}}
originImageName: {{ include "sandbox.image" . | quote }}
deploy.cloud.sealos.io/minReplicas: {{ .Values.replicas | int | quote }}
deploy.cloud.sealos.io/maxReplicas: {{ .Values.replicas | int | quote }}
deploy.cloud.sealos.io/resize: {{ ternary .Values.storage.size "0Gi" (eq .Values.workload "statefulset") | quote }}
{{- end -}}

{{- define "sandbox.pod" -}}
metadata:
  labels:
    {{- include "sandbox.labels" . | nindent 4 }}
spec:
  automountServiceAccountToken: false
  {{- with .Values.imagePullSecrets }}
  imagePullSecrets:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  securityContext:
    {{- toYaml .Values.podSecurityContext | nindent 4 }}
  containers:
    - name: {{ include "sandbox.name" . | quote }}
      image: {{ include "sandbox.image" . | quote }}
      imagePullPolicy: {{ .Values.image.pullPolicy }}
      ports:
        {{- range .Values.ports }}
        - name: {{ .name }}
          containerPort: {{ .port }}
        {{- end }}
      {{- with .Values.env }}
      env:
        {{- range $name, $value := . }}
        - name: {{ $name }}
          value: {{ $value | quote }}
        {{- end }}
      {{- end }}
      {{- with .Values.envFrom }}
      envFrom:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      resources:
        {{- toYaml .Values.resources | nindent 8 }}
      {{- with .Values.livenessProbe }}
      livenessProbe:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with .Values.readinessProbe }}
      readinessProbe:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      securityContext:
        {{- toYaml .Values.securityContext | nindent 8 }}
      volumeMounts:
        - name: persistent-storage
          mountPath: /home/agent
        - name: tmp
          mountPath: /tmp
  volumes:
    {{- if eq .Values.workload "deployment" }}
    - name: persistent-storage
      emptyDir: {}
    {{- end }}
    - name: tmp
      emptyDir: {}
  terminationGracePeriodSeconds: {{ .Values.terminationGracePeriodSeconds }}
{{- end -}}

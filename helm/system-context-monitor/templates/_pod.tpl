{{/* The services that have a schema. */}}
{{- define "scm.withSchema" -}}
auth metrics-ingest workflow-orchestrator mcp-protocol notifier
{{- end }}

{{- define "scm.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
seccompProfile: { type: RuntimeDefault }
{{- end }}

{{- define "scm.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end }}

{{/* Of {root, service}: the secrets that service gets as files, and no others. */}}
{{- define "scm.secretSources" -}}
{{- $v := .root.Values }}
- secret:
    name: {{ $v.nats.existingSecret | quote }}
    items: [{ key: {{ $v.nats.key | quote }}, path: nats-url }]
- secret:
    name: {{ $v.contextKeys.existingSecret | quote }}
    items:
      - { key: public.json, path: context-public-keys }
      - { key: {{ .service }}.json, path: context-private-key }
{{- if has .service (splitList " " (include "scm.withSchema" .)) }}
- secret:
    name: {{ $v.postgres.existingSecret | quote }}
    items:
      - { key: {{ .service }}-url, path: database-url }
      - { key: {{ .service }}-system-url, path: database-system-url }
{{- end }}
{{- if eq .service "gateway" }}
- secret:
    name: {{ $v.redis.existingSecret | quote }}
    items: [{ key: {{ $v.redis.key | quote }}, path: redis-url }]
{{- end }}
{{- if has .service (list "auth" "notifier" "workflow-orchestrator" "mcp-protocol") }}
- secret:
    name: {{ $v.encryption.existingSecret | quote }}
    items: [{ key: {{ $v.encryption.key | quote }}, path: encryption-key }]
{{- end }}
{{- if and (eq .service "notifier") $v.smtp.existingSecret }}
- secret:
    name: {{ $v.smtp.existingSecret | quote }}
    items:
      - { key: {{ $v.smtp.key | quote }}, path: smtp-url }
      {{- with $v.smtp.caKey }}
      - { key: {{ . | quote }}, path: smtp-ca }
      {{- end }}
{{- end }}
{{- if and (eq .service "auth") $v.bootstrapAdmin.existingSecret }}
- secret:
    name: {{ $v.bootstrapAdmin.existingSecret | quote }}
    items:
      - { key: username, path: bootstrap-username }
      - { key: password, path: bootstrap-password }
{{- end }}
{{- end }}

{{/* Of {root, service, settings, pool?}: its environment. Each secret file is named by the variable with _FILE. */}}
{{- define "scm.env" -}}
{{- $v := .root.Values }}
- { name: SCM_INSTANCE_ID, valueFrom: { fieldRef: { fieldPath: metadata.name } } }
- { name: SCM_LOG_LEVEL, value: {{ $v.logLevel }} }
- { name: SCM_DRAIN_SECONDS, value: {{ .settings.drainSeconds | toString | quote }} }
- { name: SCM_HEARTBEAT_FILE, value: /tmp/heartbeat }
{{- range $source := fromYamlArray (include "scm.secretSources" .) }}
{{- range $source.secret.items }}
- { name: SCM_{{ .path | upper | replace "-" "_" }}_FILE, value: /run/secrets/scm/{{ .path }} }
{{- end }}
{{- end }}
{{- if eq .service "gateway" }}
- { name: SCM_HOST, value: 0.0.0.0 }
- { name: SCM_PORT, value: "8080" }
{{- with $v.gateway.corsOrigins }}
- { name: SCM_CORS_ORIGINS, value: {{ join "," . | quote }} }
{{- end }}
{{- end }}
{{- if and $v.gateway.publicUrl (has .service (list "gateway" "mcp-protocol")) }}
- { name: SCM_PUBLIC_URL, value: {{ $v.gateway.publicUrl | quote }} }
{{- end }}
{{- if and $v.egressAllow (has .service (list "step-workers" "notifier" "mcp-protocol")) }}
- { name: SCM_EGRESS_ALLOW, value: {{ join "," $v.egressAllow | quote }} }
{{- end }}
{{- if and $v.smtp.existingSecret (eq .service "notifier") }}
- { name: SCM_SMTP_FROM, value: {{ $v.smtp.from | quote }} }
- { name: SCM_SMTP_TLS, value: {{ $v.smtp.tls | quote }} }
{{- end }}
{{- with .pool }}
- { name: SCM_CAPABILITIES, value: {{ join "," .capabilities | quote }} }
- { name: SCM_CONCURRENCY, value: {{ .concurrency | default 10 | toString | quote }} }
{{- with .stepCpuMs }}
- { name: SCM_STEP_CPU_MS, value: {{ . | int | toString | quote }} }
{{- end }}
{{- with .stepMemoryMib }}
- { name: SCM_STEP_MEMORY_MIB, value: {{ . | int | toString | quote }} }
{{- end }}
{{- end }}
{{- if $v.otel.endpoint }}
- { name: OTEL_SERVICE_NAME, value: {{ .service }} }
- { name: OTEL_EXPORTER_OTLP_ENDPOINT, value: {{ $v.otel.endpoint | quote }} }
{{- $attributes := list "service.namespace=scm" (printf "k8s.deployment.name=%s-%s" .root.Release.Name .component) }}
{{- range $key, $value := $v.otel.resourceAttributes }}
{{- $attributes = append $attributes (printf "%s=%s" $key $value) }}
{{- end }}
- { name: OTEL_RESOURCE_ATTRIBUTES, value: {{ join "," $attributes | quote }} }
{{- with $v.otel.headersSecret }}
{{- if .name }}
- { name: OTEL_EXPORTER_OTLP_HEADERS, valueFrom: { secretKeyRef: { name: {{ .name | quote }}, key: {{ .key | quote }} } } }
{{- end }}
{{- end }}
{{- end }}
{{- with .settings.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* The gateway answers over HTTP; the others are seen by the age of their heartbeat file. */}}
{{- define "scm.probes" -}}
{{- if eq .service "gateway" }}
startupProbe: { httpGet: { path: /livez, port: http }, periodSeconds: 2, failureThreshold: 60 }
livenessProbe: { httpGet: { path: /livez, port: http }, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 6 }
readinessProbe: { httpGet: { path: /readyz, port: http }, periodSeconds: 5, timeoutSeconds: 5 }
{{- else }}
startupProbe: { exec: { command: [node, deploy/probe.mjs, "10"] }, periodSeconds: 3, timeoutSeconds: 5, failureThreshold: 40 }
readinessProbe: { exec: { command: [node, deploy/probe.mjs, "10"] }, periodSeconds: 10, timeoutSeconds: 5 }
# The heartbeat also stops while a dependency is away, which a restart does not heal: hence the patience.
livenessProbe: { exec: { command: [node, deploy/probe.mjs, "300"] }, periodSeconds: 60, timeoutSeconds: 5 }
{{- end }}
{{- end }}

{{/* Of {root, component, service, settings, pool?}: one Deployment. */}}
{{- define "scm.deployment" -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .root.Release.Name }}-{{ .component }}
  namespace: {{ .root.Release.Namespace }}
  labels:
    {{- include "scm.labels" . | nindent 4 }}
spec:
  replicas: {{ .settings.replicas }}
  revisionHistoryLimit: 5
  strategy: { type: RollingUpdate, rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } }
  selector:
    matchLabels:
      {{- include "scm.selector" . | nindent 6 }}
  template:
    metadata:
      labels:
        {{- with .settings.podLabels }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
        {{- include "scm.labels" . | nindent 8 }}
      {{- with .settings.podAnnotations }}
      annotations:
        {{- toYaml . | nindent 8 }}
      {{- end }}
    spec:
      automountServiceAccountToken: false
      enableServiceLinks: false
      # Longer than the service's own drain, so that it ends by itself.
      terminationGracePeriodSeconds: {{ add .settings.drainSeconds 15 }}
      securityContext:
        {{- include "scm.podSecurity" . | nindent 8 }}
      {{- with .root.Values.image.pullSecrets }}
      imagePullSecrets:
        {{- range . }}
        - name: {{ . | quote }}
        {{- end }}
      {{- end }}
      {{- with .settings.priorityClassName }}
      priorityClassName: {{ . | quote }}
      {{- end }}
      {{- with .settings.nodeSelector }}
      nodeSelector:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with .settings.tolerations }}
      tolerations:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with .settings.affinity }}
      affinity:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      topologySpreadConstraints:
        {{- range list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
        - maxSkew: 1
          topologyKey: {{ . }}
          whenUnsatisfiable: ScheduleAnyway
          labelSelector:
            matchLabels:
              {{- include "scm.selector" $ | nindent 14 }}
        {{- end }}
      containers:
        - name: {{ .service }}
          image: {{ include "scm.image" .root | quote }}
          imagePullPolicy: {{ .root.Values.image.pullPolicy }}
          args: [{{ .service }}]
          {{- if eq .service "gateway" }}
          ports: [{ name: http, containerPort: 8080, protocol: TCP }]
          {{- end }}
          env:
            {{- include "scm.env" . | nindent 12 }}
          {{- include "scm.probes" . | nindent 10 }}
          resources:
            {{- toYaml .settings.resources | nindent 12 }}
          securityContext:
            {{- include "scm.containerSecurity" . | nindent 12 }}
          volumeMounts:
            - { name: secrets, mountPath: /run/secrets/scm, readOnly: true }
            - { name: tmp, mountPath: /tmp }
      volumes:
        - name: secrets
          projected:
            defaultMode: 0440
            sources:
              {{- include "scm.secretSources" . | nindent 14 }}
        - { name: tmp, emptyDir: { sizeLimit: 256Mi } }
{{- end }}

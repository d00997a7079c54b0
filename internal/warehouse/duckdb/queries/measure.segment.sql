{{/* The segment of a fact. */ -}}
{{if .Attribute}}{{template "customer.segment.sql" "f"}}
{{- else if .ByTouchpoint}}coalesce(f.touchpoint, {{unknown_segment}})
{{- else if .DaysLate}}coalesce(f.days_late, {{unknown_segment}})
{{- else}}''{{end}}
{{- /**/ -}}

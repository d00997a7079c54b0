{{/* Holds rows to a touchpoint. */ -}}
{{if .Touchpoint}} AND touchpoint = {{text .Touchpoint}}{{end}}
{{- /**/ -}}

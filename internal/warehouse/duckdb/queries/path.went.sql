{{/* The steps that followed on another in a path that is asked about. */ -}}
run_row AS r
{{- if .Parted}}
JOIN run_path AS p ON p.trace = r.trace AND r.place > p.place AND r.place < p.next_place
{{- end}}
{{- /**/ -}}

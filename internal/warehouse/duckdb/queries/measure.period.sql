{{/* The periods that are asked about, numbered. */ -}}
period (place, first_day, last_day) AS (
    VALUES {{range $i, $p := .Periods}}{{if $i}}, {{end}}({{$i}}, {{date $p.From}}, {{date $p.To}}){{end}}
)
{{- /**/ -}}

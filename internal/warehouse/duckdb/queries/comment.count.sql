{{/* How many there are, by side. */ -}}
count(*) AS comments, count(*) FILTER (WHERE side = 'detractor') AS detractors, count(*) FILTER (WHERE side = 'promoter') AS promoters
{{- /**/ -}}

{{/* The answers of an instrument, each with its weight × value. */ -}}
answer AS (
    SELECT f.day, f.customer, f.touchpoint, f.score, f.scale_min, f.scale_max, f.not_applicable,
        {{if .DaysLate}}d.days_late, {{end}}{{if .Delivered}}CAST(f.weight AS DOUBLE) * coalesce(CAST(d.weight AS DOUBLE), 1){{else}}CAST(f.weight AS DOUBLE){{end}} AS w
    FROM feedback AS f
{{- if .Delivered}}
    LEFT JOIN delivery AS d ON d.order_id = f.order_id
{{- end}}
    WHERE f.instrument = {{text .Instrument}}{{template "measure.at.sql" .}}
), fact AS (
    SELECT day, customer, touchpoint, {{if .DaysLate}}days_late, {{end}}CASE WHEN w > 0 THEN 1 ELSE 0 END AS n, w,
{{- if eq .Of "nps"}}
        w * CASE WHEN score >= 9 THEN 1 WHEN score <= 6 THEN -1 ELSE 0 END AS wx,
{{- else if eq .Of "csat"}}
        w * CASE WHEN score >= scale_max - 1 THEN 1 ELSE 0 END AS wx,
{{- else}}
        w * CAST(score AS DOUBLE) AS wx,
{{- end}}
        CASE WHEN not_applicable THEN 'not_applicable'
            WHEN score IS NULL THEN 'no_score'
            WHEN scale_min IS NULL OR scale_max IS NULL THEN 'no_scale'
{{- if eq .Of "csat"}}
            WHEN scale_max - scale_min < 2 THEN 'other_scale'
{{- else}}
            WHEN scale_min <> {{.ScaleMin}} OR scale_max <> {{.ScaleMax}} THEN 'other_scale'
{{- end}}
            WHEN score < scale_min OR score > scale_max THEN 'outside_scale'
            ELSE '' END AS left_out
    FROM answer
)
{{- /**/ -}}

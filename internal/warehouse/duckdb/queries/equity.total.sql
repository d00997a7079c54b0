{{/* What the customers behind a line come to. */ -}}
SELECT count(*) AS n, coalesce(sum(CAST({{.Column}} AS DECIMAL(38, 12))), 0) AS amount
FROM run_equity
WHERE horizon = 0 AND {{.Column}} <> 0{{if .Segment}} AND segment = {{text .Segment}}{{end}}

{{/* One page of the customers behind a line, those who move it most first. */ -}}
SELECT customer, first_day, CAST(opening AS DECIMAL(38, 12)) AS opening, CAST(closing AS DECIMAL(38, 12)) AS closing,
    CAST({{.Column}} AS DECIMAL(38, 12)) AS amount
FROM run_equity
WHERE horizon = 0 AND {{.Column}} <> 0{{if .Segment}} AND segment = {{text .Segment}}{{end}}
ORDER BY abs({{.Column}}) DESC, customer
LIMIT {{.Limit}} OFFSET {{.Offset}}

{{/* What the rows behind a figure come to. */ -}}
SELECT count(*) AS n, CAST(coalesce(sum(heads), 0) AS BIGINT) AS heads, coalesce(sum(CAST(amount AS DECIMAL(38, 12))), 0) AS amount
FROM (
{{.Rows}}
) AS part

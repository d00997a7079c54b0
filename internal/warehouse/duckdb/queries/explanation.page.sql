{{/* One page of the rows behind a figure, the largest first. */ -}}
SELECT customer, order_id, day, CAST(heads AS BIGINT) AS heads, CAST(opening AS DECIMAL(38, 12)) AS opening,
    CAST(closing AS DECIMAL(38, 12)) AS closing, CAST(amount AS DECIMAL(38, 12)) AS amount
FROM (
{{.Rows}}
) AS part
ORDER BY abs(CAST(amount AS DECIMAL(38, 12))) DESC, heads DESC, customer NULLS LAST, order_id NULLS LAST, day
LIMIT {{.Limit}} OFFSET {{.Offset}}

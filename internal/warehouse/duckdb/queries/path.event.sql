{{/* Every step, packed: when it began, which it is and, where that is known, by whom and how long it took. */ -}}
event AS (
    SELECT i.customer, {{if .Cased}}i.case_id, {{end}}{{row_id "i"}} AS id,
        {{packed "coalesce(i.local_time, CAST(i.day AS TIMESTAMP))" "coalesce(s.code, 63)" "coalesce(a.code, 0)" "i.ended_at" .Wide}} AS x
    FROM interaction AS i
    LEFT JOIN run_step AS s ON s.name = coalesce(i.touchpoint, i.kind, {{text .Unknown}})
{{- if .Wide}}
    LEFT JOIN run_agent AS a ON a.agent = i.agent
{{- end}}
    WHERE {{if .Cased}}(i.customer IS NOT NULL OR i.case_id IS NOT NULL){{else}}i.customer IS NOT NULL{{end}} AND i.day <= {{date .Days.To}}
{{- if .Orders}}
    UNION ALL
    SELECT o.customer, {{if .Cased}}c.case_id, {{end}}-row_number() OVER () AS id, {{packed "o.began_at" "s.code" "0" "CAST(NULL AS TIMESTAMP)" .Wide}} AS x
    FROM (
        SELECT customer, min(order_id) AS order_id, min(coalesce(local_time, CAST(day AS TIMESTAMP))) AS began_at
        FROM transaction_line
        WHERE kind = 'sale' AND customer IS NOT NULL AND day <= {{date .Days.To}}
        GROUP BY customer, order_id, CASE WHEN order_id IS NULL THEN day END, CASE WHEN order_id IS NOT NULL THEN source END) AS o
    JOIN run_step AS s ON s.name = {{text .Order}}
{{- if .Cased}}
    LEFT JOIN (SELECT DISTINCT customer, case_id FROM interaction WHERE customer IS NOT NULL AND case_id IS NOT NULL) AS c ON c.customer = o.customer AND c.case_id = o.order_id
{{- end}}
{{- end}}
)
{{- /**/ -}}

{{/* The lines of the movement added up by horizon, segment, and the month of the first purchase of those who came. Decimals add up the same in any order. */ -}}
SELECT horizon, segment, fresh, CASE WHEN fresh THEN {{month "first_day"}} END AS month, count(*) AS customers,
{{- range .Columns}}
    sum(CAST({{.}} AS DECIMAL(38, 12))) AS {{.}},
{{- end}}
    sum(brought) AS brought, sum(experience * experience) AS squares,
    max(abs(opening + unwinding + release + moved_on + experience + fresh_worth + assumption - closing)
        / (abs(opening) + abs(unwinding) + abs(release) + abs(moved_on) + abs(survival) + abs(activity) + abs(spend)
            + abs(fresh_worth) + abs(assumption) + abs(closing) + 1e-300)) AS worst
FROM {{.From}}
GROUP BY horizon, segment, fresh, 4

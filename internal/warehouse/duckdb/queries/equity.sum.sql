{{/* The lines of the movement by horizon and segment. Decimals add up the same in any order. */ -}}
SELECT horizon, segment, count(*) AS customers,
{{- range .}}
    CAST(sum(CAST({{.}} AS DECIMAL(38, 12))) AS DOUBLE) AS {{.}},
{{- end}}
    sum(experience * experience) AS squares,
    max(abs(opening + unwinding + release + moved_on + experience + fresh_worth + assumption - closing)
        / (abs(opening) + abs(unwinding) + abs(release) + abs(moved_on) + abs(survival) + abs(activity) + abs(spend)
            + abs(fresh_worth) + abs(assumption) + abs(closing) + 1e-300)) AS worst
FROM run_equity
GROUP BY horizon, segment
ORDER BY horizon, segment

{{/* What the paths of each group add up to. */ -}}
SELECT {{.Group}} AS part, count(*) AS paths, count(DISTINCT p.person) AS customers, CAST(sum(p.steps) AS BIGINT) AS steps,
    count(CASE WHEN p.is_open THEN 1 END) AS opened, count(CASE WHEN p.again THEN 1 END) AS again,
    CAST({{median "p.seconds"}} AS BIGINT) AS seconds,
{{- if .Wide}}
    CAST(sum(p.handovers) AS BIGINT) AS handovers, count(CASE WHEN p.handovers > 0 THEN 1 END) AS handed, CAST(sum(p.waited) AS DOUBLE) AS waited, CAST(sum(p.lasted) AS DOUBLE) AS lasted
{{- else}}
    CAST(NULL AS BIGINT) AS handovers, CAST(NULL AS BIGINT) AS handed, CAST(NULL AS DOUBLE) AS waited, CAST(NULL AS DOUBLE) AS lasted
{{- end}}
FROM run_path AS p {{.Join}}
GROUP BY 1
ORDER BY paths DESC, 1
{{- /**/ -}}

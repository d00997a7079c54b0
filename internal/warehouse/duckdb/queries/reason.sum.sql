{{/* Events and money by reason, for the company and for each segment. */ -}}
SELECT {{if .By}}coalesce(segment, '') AS segment, GROUPING(segment) = 1{{else}}'' AS segment, TRUE{{end}} AS is_total,
    direction, reason, count(*) AS customers, sum(amount) AS value, sum(recurring) AS recurring
FROM (
{{template "reason.match.sql" .}}
) AS matched
WHERE reason IS NOT NULL
GROUP BY {{if .By}}GROUPING SETS ((direction, reason), (direction, reason, segment)){{else}}direction, reason{{end}}

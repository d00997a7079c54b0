WITH known AS ({{template "sample.known.sql" .}}),
marked AS (
    SELECT *, {{if .Without}}customer NOT IN ({{texts .Without}}){{else}}true{{end}} AS eligible
    FROM known),
counted AS (
    SELECT *, count(*) OVER (PARTITION BY segment) AS customers,
        count_if(eligible) OVER (PARTITION BY segment) AS eligibles,
        row_number() OVER (PARTITION BY segment, eligible ORDER BY {{lot .Seed "customer"}}, customer) AS place
    FROM marked),
drawn AS (
    SELECT *, eligible AND place <= {{if .Size}}{{.Size}}{{else}}ceil(eligibles * CAST({{.Share}} AS DOUBLE)){{end}} AS taken
    FROM counted)
SELECT segment, customers, eligibles, count_if(taken) OVER (PARTITION BY segment), customer, address, language, taken
FROM drawn
WHERE taken OR (eligibles = 0 AND place = 1)
ORDER BY segment, place

{{/* Both histories of one customer in so many, by a hash of the customer. */ -}}
SELECT o.customer IS NULL AS fresh,
    coalesce(o.x, 0) AS x0, coalesce(o.tx, 0) AS tx0, coalesce(o.t, 0) AS t0, coalesce(o.xg, 0) AS xg0,
    c.x AS x1, c.tx AS tx1, c.t AS t1, c.xg AS xg1,
    coalesce(CAST(o.z AS DOUBLE), 0) AS spend0, CAST(c.z AS DOUBLE) AS spend1
FROM run_closing AS c
LEFT JOIN run_opening AS o ON o.customer = c.customer
WHERE {{one_of "c.customer" .Step}}
ORDER BY c.customer
LIMIT {{.Sample}}

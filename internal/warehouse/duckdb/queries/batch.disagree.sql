WITH held AS (
    SELECT sequence, count(*) AS held, 'transactions' AS kind FROM transaction_line GROUP BY sequence
    UNION ALL SELECT sequence, count(*), 'subscriptions' FROM subscription GROUP BY sequence
    UNION ALL SELECT sequence, count(*), 'interactions' FROM interaction GROUP BY sequence
    UNION ALL SELECT sequence, count(*), 'feedback' FROM feedback GROUP BY sequence
    UNION ALL SELECT sequence, count(*), 'reasons' FROM reason GROUP BY sequence
    UNION ALL SELECT sequence, 0, 'customers' FROM customer_attribute GROUP BY sequence),
kept AS (SELECT batch_id, count(*) AS kept FROM rejected_row GROUP BY batch_id)
SELECT 'import ' || h.sequence || ': ' || h.held || ' rows of ' || h.kind || ', ' ||
    coalesce('at most ' || (b.loaded + b.updated) || ' expected', 'of which nothing is known') AS problem
FROM held AS h LEFT JOIN batch AS b ON b.sequence = h.sequence AND b.kind = h.kind
WHERE b.sequence IS NULL OR h.held > b.loaded + b.updated
UNION ALL
SELECT 'import ' || b.sequence || ': ' || coalesce(k.kept, 0) || ' rejected rows, ' || b.rejected || ' expected'
FROM batch AS b LEFT JOIN kept AS k ON k.batch_id = b.id
WHERE coalesce(k.kept, 0) <> b.rejected AND coalesce(k.kept, 0) <> ?
ORDER BY problem

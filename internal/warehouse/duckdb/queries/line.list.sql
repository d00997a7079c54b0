SELECT s.name, coalesce(order_id, ''), coalesce(line, ''), day, kind, coalesce(product, ''), coalesce(channel, ''),
    quantity, amount, sequence
FROM transaction_line AS l JOIN source AS s ON s.id = l.source
WHERE customer IS NOT DISTINCT FROM nullif(?, '') AND day <= ?
ORDER BY day DESC, local_time DESC NULLS LAST, s.name, order_id, line, product, amount
LIMIT ? OFFSET ?

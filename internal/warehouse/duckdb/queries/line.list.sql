SELECT source, coalesce(order_id, ''), coalesce(line, ''), day, kind, coalesce(product, ''), coalesce(channel, ''),
    quantity, amount, sequence
FROM transaction_line
WHERE customer IS NOT DISTINCT FROM nullif(?, '') AND day <= ?
ORDER BY day DESC, local_time DESC NULLS LAST, source, order_id, line, product, amount
LIMIT ? OFFSET ?

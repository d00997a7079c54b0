SELECT line, column_name, reason, text
FROM rejected_row
WHERE batch_id = ?
ORDER BY record

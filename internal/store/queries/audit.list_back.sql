SELECT number, text FROM audit WHERE number < ? ORDER BY number DESC

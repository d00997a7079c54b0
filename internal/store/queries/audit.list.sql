SELECT number, text FROM audit ORDER BY number

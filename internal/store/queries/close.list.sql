SELECT number, period, text FROM close ORDER BY number

SELECT day, first_purchases, repeat_purchases FROM run_tracking ORDER BY day

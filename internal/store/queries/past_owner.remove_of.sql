DELETE FROM past_owner WHERE touchpoint = ?

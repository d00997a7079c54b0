SELECT coalesce(owner, ''), owner_name, since FROM past_owner WHERE touchpoint = ? ORDER BY since DESC

INSERT INTO past_owner (touchpoint, since, owner, owner_name) VALUES (?, ?, nullif(?, ''), ?)

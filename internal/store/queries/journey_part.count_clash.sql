SELECT count(*) FROM journey_part WHERE id <> ? AND kind = ? AND name_key = ? AND (kind <> 'stage' OR parent = ?)

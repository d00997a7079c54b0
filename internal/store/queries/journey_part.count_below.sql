SELECT count(*) FROM journey_part WHERE parent = ?

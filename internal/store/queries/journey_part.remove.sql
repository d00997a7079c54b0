DELETE FROM journey_part WHERE id = ?

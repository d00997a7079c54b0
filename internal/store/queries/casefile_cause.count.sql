SELECT count(*) FROM casefile_cause WHERE record = ?

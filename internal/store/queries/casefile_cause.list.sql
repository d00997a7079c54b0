SELECT record, number, at, quiet, body FROM casefile_cause WHERE number = ? ORDER BY at, record

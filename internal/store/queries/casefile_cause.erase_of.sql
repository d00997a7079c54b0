DELETE FROM casefile_cause WHERE number IN (SELECT number FROM casefile WHERE customer = ?)

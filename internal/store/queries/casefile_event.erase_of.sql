DELETE FROM casefile_event WHERE number IN (SELECT number FROM casefile WHERE customer = ?)

INSERT INTO casefile_event (number, place, at, who, name, what, note)
VALUES (?, (SELECT coalesce(max(place), 0) + 1 FROM casefile_event WHERE number = ?), ?, ?, ?, ?, ?)

INSERT INTO journey_edit (number, at, who, name, kind, part, journey, says, undoes, undone, steps)
SELECT coalesce(max(number), 0) + 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ? FROM journey_edit
RETURNING number

SELECT number, at, who, name, kind, part, journey, says, undoes, undone, steps
FROM journey_edit WHERE (? = '' OR journey = ?) AND undoes = 0 AND NOT undone ORDER BY number DESC LIMIT 1

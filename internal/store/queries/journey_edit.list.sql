SELECT number, at, who, name, kind, part, journey, says, undoes, undone, steps
FROM journey_edit WHERE (? = '' OR journey = ?) AND number < ? ORDER BY number DESC LIMIT ?

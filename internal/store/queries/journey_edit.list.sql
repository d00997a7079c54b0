SELECT number, at, who, name, action, part, journey, says, undoes, undone, steps
FROM journey_edit WHERE (? = '' OR journey = ?) AND number < ? ORDER BY number DESC LIMIT ?

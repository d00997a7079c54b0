SELECT number, at, who, name, action, part, journey, says, undoes, undone, steps
FROM journey_edit WHERE number = ?

SELECT number, at, who, name, kind, part, journey, says, undoes, undone, steps
FROM journey_edit WHERE number = ?

UPDATE journey_edit SET undone = ? WHERE number = ?

UPDATE theme_edit SET undone = ? WHERE number = ?

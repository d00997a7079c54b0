SELECT number, at, who, name, theme, says, undoes, undone, steps FROM theme_edit WHERE number = ?

SELECT number, at, who, name, theme, says, undoes, undone, steps
FROM theme_edit WHERE (? = '' OR theme = ?) AND number < ? ORDER BY number DESC LIMIT ?

INSERT INTO theme_edit (number, at, who, name, theme, says, undoes, undone, steps)
SELECT coalesce(max(number), 0) + 1, ?, ?, ?, ?, ?, ?, ?, ? FROM theme_edit
RETURNING number

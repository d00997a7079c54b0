SELECT count(*) FROM casefile
WHERE ((state = 'taken' AND ? = 'open') OR state = ?) AND (? = '' OR owner = ? OR raised_to = ?) AND (? = '' OR touchpoint = ?)

WITH RECURSIVE below (id) AS (
    SELECT unit FROM person_unit WHERE person = ?
    UNION
    SELECT unit.id FROM unit JOIN below ON unit.parent = below.id)
SELECT unit.scopes FROM unit JOIN below ON below.id = unit.id ORDER BY unit.id

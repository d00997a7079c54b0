SELECT coalesce(max(f.text), '')
FROM feedback AS f JOIN source AS s ON s.id = f.source
WHERE s.name = ? AND f.response = ? AND (f.customer = ? OR f.customer IS NULL)

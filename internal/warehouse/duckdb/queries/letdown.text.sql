SELECT coalesce(max(f.text), '') FROM feedback AS f JOIN source AS s ON s.id = f.source WHERE f.customer = ? AND s.name = ? AND f.response = ?

package duckdb

import (
	"fmt"
	"slices"
	"strings"

	"github.com/clientele/clientele"
)

// mergeStaged brings the staged rows together with what the records hold, and counts.
func (l *load) mergeStaged() error {
	switch l.plan.batch.Kind {
	case clientele.Transactions:
		return l.mergeLines()
	case clientele.Customers:
		return l.mergeAttributes()
	}
	return l.mergeKeyed()
}

// columnNames are the columns of the table that a file fills, but those named.
func (p *plan) columnNames(but ...string) []string {
	var names []string
	for _, o := range p.out {
		if !slices.Contains(but, o.column) {
			names = append(names, o.column)
		}
	}
	return names
}

// equal is the condition that two relations agree in columns; missing equals missing.
func equal(a, b string, columns []string) string {
	conditions := make([]string, len(columns))
	for i, c := range columns {
		conditions[i] = fmt.Sprintf("%s.%s IS NOT DISTINCT FROM %s.%s", a, c, b, c)
	}
	return strings.Join(conditions, " AND ")
}

// insert adds rows of a relation that has the plan's columns.
func (l *load) insert(relation string) (int64, error) {
	names := strings.Join(l.plan.columnNames(), ", ")
	return l.exec(fmt.Sprintf("INSERT INTO %s (source, sequence, %s) SELECT %d, %d, %s FROM %s",
		l.plan.table, names, l.source, l.plan.batch.Sequence, names, relation))
}

// mergeLines merges transaction lines: whole orders, then lines without an order.
func (l *load) mergeLines() error {
	if err := l.mergeOrders(); err != nil {
		return err
	}
	return l.mergeLoose()
}

// mergeOrders replaces the orders that arrive in another version, and leaves those
// that arrive again alone. Orders are compared by the number of their lines and
// the sum of their lines' hashes.
func (l *load) mergeOrders() error {
	b := l.plan.batch
	lines := fmt.Sprintf("count(*) AS lines, sum(CAST(hash(%s) AS HUGEINT)) AS content", strings.Join(l.plan.columnNames("order_id"), ", "))
	_, err := l.exec(fmt.Sprintf(`CREATE TEMP TABLE again AS
		WITH arriving AS (SELECT order_id, %[1]s FROM staged WHERE order_id IS NOT NULL GROUP BY order_id),
		held AS (SELECT order_id, max(sequence) AS sequence, %[1]s FROM transaction_line
			WHERE source = %[2]d AND order_id IN (SELECT order_id FROM arriving) GROUP BY order_id)
		SELECT order_id, (a.lines <> h.lines OR a.content <> h.content) AND h.sequence < %[3]d AS changed
		FROM arriving AS a JOIN held AS h USING (order_id)`, lines, l.source, b.Sequence))
	if err != nil {
		return err
	}
	if l.report.Updated, err = l.count("SELECT count(*) FROM staged JOIN again USING (order_id) WHERE changed"); err != nil {
		return err
	}
	if l.report.Duplicate, err = l.count("SELECT count(*) FROM staged JOIN again USING (order_id) WHERE NOT changed"); err != nil {
		return err
	}
	if _, err = l.exec("DELETE FROM stored_line WHERE source = ? AND order_id IN (SELECT order_id FROM again WHERE changed)", l.source); err != nil {
		return err
	}
	inserted, err := l.insert("staged WHERE order_id IS NOT NULL AND order_id NOT IN (SELECT order_id FROM again WHERE NOT changed)")
	l.report.Loaded = inserted - l.report.Updated
	return err
}

// mergeLoose adds lines without an order id where the file has more of the same
// than the records hold.
func (l *load) mergeLoose() error {
	loose, err := l.count("SELECT count(*) FROM staged WHERE order_id IS NULL")
	if err != nil || loose == 0 {
		return err
	}
	columns := l.plan.columnNames("order_id")
	list := strings.Join(columns, ", ")
	inserted, err := l.insert(fmt.Sprintf(`(SELECT s.* FROM
		(SELECT *, row_number() OVER (PARTITION BY %[1]s) AS copy FROM staged WHERE order_id IS NULL) AS s
		LEFT JOIN (SELECT %[1]s, count(*) AS copies FROM transaction_line WHERE source = %[2]d AND order_id IS NULL GROUP BY %[1]s) AS h
		ON %[3]s WHERE s.copy > coalesce(h.copies, 0))`, list, l.source, equal("s", "h", columns)))
	l.report.Loaded += inserted
	l.report.Duplicate += loose - inserted
	return err
}

// mergeKeyed merges rows that a key names: the last of the file, unless the
// records hold a later version.
func (l *load) mergeKeyed() error {
	p := l.plan
	key := strings.Join(p.key, ", ")
	_, err := l.exec(fmt.Sprintf(`CREATE TEMP TABLE incoming AS
		SELECT s.*, h.sequence IS NULL AS new, h.sequence < %[1]d AND NOT (%[2]s) AS changed
		FROM (SELECT *, row_number() OVER (PARTITION BY %[3]s ORDER BY record DESC) AS version FROM
			(SELECT *, %[4]d AS source FROM staged)) AS s
		LEFT JOIN %[5]s AS h ON %[6]s WHERE s.version = 1`,
		p.batch.Sequence, equal("s", "h", p.columnNames(p.key...)), key, l.source, p.table, equal("s", "h", p.key)))
	if err != nil {
		return err
	}
	if l.report.Updated, err = l.exec(fmt.Sprintf("DELETE FROM %s AS h USING incoming AS s WHERE s.changed AND %s", p.table, equal("s", "h", p.key))); err != nil {
		return err
	}
	inserted, err := l.insert("incoming WHERE new OR changed")
	if err != nil {
		return err
	}
	staged, err := l.count("SELECT count(*) FROM staged")
	l.report.Loaded = inserted - l.report.Updated
	l.report.Duplicate = staged - inserted
	return err
}

// mergeAttributes merges the attributes of customers one by one: the last value
// that a file gives wins, and a value that is missing leaves the earlier one.
func (l *load) mergeAttributes() error {
	b := l.plan.batch
	parts := []string{"SELECT record, customer, '' AS attribute, '' AS value FROM staged WHERE false"}
	for _, o := range l.plan.out[1:] {
		parts = append(parts, fmt.Sprintf("SELECT record, customer, %s, %s FROM staged WHERE %[2]s IS NOT NULL", literal(o.field), o.column))
	}
	_, err := l.exec(fmt.Sprintf(`CREATE TEMP TABLE incoming AS
		SELECT s.customer, s.attribute, s.value, h.sequence IS NULL OR h.sequence < %d AND h.value <> s.value AS changed
		FROM (SELECT customer, attribute, max_by(value, record) AS value FROM (%s) GROUP BY customer, attribute) AS s
		LEFT JOIN customer_attribute AS h ON h.customer = s.customer AND h.attribute = s.attribute`,
		b.Sequence, strings.Join(parts, "\nUNION ALL ")))
	if err != nil {
		return err
	}
	if err := l.countCustomers(); err != nil {
		return err
	}
	if _, err := l.exec(`DELETE FROM customer_attribute AS h USING incoming AS s
		WHERE s.changed AND h.customer = s.customer AND h.attribute = s.attribute`); err != nil {
		return err
	}
	_, err = l.exec("INSERT INTO customer_attribute (customer, attribute, value, sequence) SELECT customer, attribute, value, ? FROM incoming WHERE changed", b.Sequence)
	return err
}

// countCustomers counts before the merge: a customer that the records knew nothing
// of is loaded, one of whom something changes is updated.
func (l *load) countCustomers() error {
	staged, err := l.count("SELECT count(*) FROM staged")
	if err != nil {
		return err
	}
	const known = "customer IN (SELECT customer FROM customer_attribute)"
	if l.report.Loaded, err = l.count("SELECT count(DISTINCT customer) FROM staged WHERE NOT " + known); err != nil {
		return err
	}
	if l.report.Updated, err = l.count("SELECT count(DISTINCT customer) FROM incoming WHERE changed AND " + known); err != nil {
		return err
	}
	l.report.Duplicate = staged - l.report.Loaded - l.report.Updated
	return nil
}

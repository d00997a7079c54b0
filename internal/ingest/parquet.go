package ingest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/big"
	"os"
	"strconv"
	"time"

	"github.com/clientele/clientele/internal/warehouse"
	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/deprecated"
	"github.com/parquet-go/parquet-go/format"
)

// parquetRows is how many rows of a Parquet file are looked at.
const parquetRows = 20_000

// surveyParquet looks at the first rows. The schema gives the types, but for
// text, where the values tell.
func (s *source) surveyParquet(ctx context.Context) (v *survey, types []warehouse.ColumnType, err error) {
	defer func() { // the library panics on some damaged files
		if r := recover(); r != nil {
			err = s.invalid(0, "the Parquet file is damaged").Because(fmt.Errorf("%v", r)).WithHint("Export it again.")
		}
	}()
	f, err := os.Open(s.path)
	if err != nil {
		return nil, nil, openError(s.name, err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, nil, openError(s.name, err)
	}
	file, err := parquet.OpenFile(f, info.Size(), parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true))
	if err != nil {
		return nil, nil, s.invalid(0, "the Parquet file is damaged or cut off").Because(err).WithHint("Copy or export it again.")
	}
	if err := s.parquetBomb(file); err != nil {
		return nil, nil, err
	}
	v = &survey{whole: file.NumRows() <= parquetRows}
	leaves := map[int]leaf{}
	for _, c := range file.Root().Columns() {
		if !c.Leaf() || c.Repeated() {
			continue // lists and records are no columns
		}
		leaves[c.Index()] = leaf{c, len(v.columns)}
		v.names, v.columns = append(v.names, c.Name()), append(v.columns, newEvidence(maxColumns))
		types = append(types, parquetType(c))
	}
	if len(v.names) > maxColumns {
		return nil, nil, s.invalid(0, "%d columns: at most %d are read", len(v.names), maxColumns)
	}
	for _, g := range file.RowGroups() {
		if err := surveyGroup(ctx, v, g, leaves); err != nil {
			return nil, nil, s.invalid(0, "the Parquet file is damaged").Because(err).WithHint("Export it again.")
		}
	}
	return v, types, nil
}

// parquetBomb refuses files whose columns grow beyond all measure when unpacked.
func (s *source) parquetBomb(file *parquet.File) error {
	var unpacked int64
	for _, g := range file.Metadata().RowGroups {
		unpacked += g.TotalByteSize
	}
	if isBomb(file.Size(), unpacked) {
		return s.invalid(0, "the columns grow beyond all measure when unpacked (more than %d times the file's size, or 64 GB)", maxRatio).
			WithHint("Write the file anew in smaller parts, or as CSV.")
	}
	return nil
}

// leaf is a column and its place among those that are read.
type leaf struct {
	column *parquet.Column
	at     int
}

func surveyGroup(ctx context.Context, v *survey, g parquet.RowGroup, leaves map[int]leaf) error {
	rows := g.Rows()
	defer rows.Close()
	buf := make([]parquet.Row, 256)
	for v.rows < parquetRows {
		n, err := rows.ReadRows(buf)
		for _, row := range buf[:n] {
			cells := make([][]byte, len(v.columns))
			for _, value := range row {
				if l, ok := leaves[value.Column()]; ok && !value.IsNull() {
					cells[l.at] = []byte(parquetText(l.column, value))
				}
			}
			v.take(cells, 0)
		}
		if errors.Is(err, io.EOF) {
			return ctx.Err()
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func parquetType(c *parquet.Column) warehouse.ColumnType {
	switch t := logicalOf(c).(type) {
	case *format.DateType:
		return warehouse.DateColumn
	case *format.TimestampType:
		if t.IsAdjustedToUTC {
			return warehouse.InstantColumn
		}
		return warehouse.TimeColumn
	case *format.DecimalType, *format.IntType:
		return warehouse.DecimalColumn
	case nil:
		switch c.Type().Kind() {
		case parquet.Int32, parquet.Int64, parquet.Float, parquet.Double:
			return warehouse.DecimalColumn
		case parquet.Int96:
			return warehouse.TimeColumn
		}
	}
	return warehouse.TextColumn
}

func logicalOf(c *parquet.Column) format.LogicalTypeValue {
	if t := c.Type().LogicalType(); t != nil {
		return t.Value
	}
	return nil
}

// parquetText writes a value as people would.
func parquetText(c *parquet.Column, v parquet.Value) string {
	switch t := logicalOf(c).(type) {
	case *format.DateType:
		return time.Unix(int64(v.Int32())*86400, 0).UTC().Format(time.DateOnly)
	case *format.TimestampType:
		return time.Unix(0, 0).Add(time.Duration(v.Int64()) * t.Unit.Value.Duration()).UTC().Format(time.DateTime)
	case *format.DecimalType:
		return decimalText(c, v, int(t.Scale))
	}
	switch v.Kind() {
	case parquet.Double:
		return strconv.FormatFloat(v.Double(), 'f', -1, 64)
	case parquet.Float:
		return strconv.FormatFloat(float64(v.Float()), 'f', -1, 32)
	case parquet.Int96:
		return int96Time(v.Int96()).Format(time.DateTime)
	}
	return v.String()
}

func decimalText(c *parquet.Column, v parquet.Value, scale int) string {
	unscaled := new(big.Int)
	switch c.Type().Kind() {
	case parquet.Int32:
		unscaled.SetInt64(int64(v.Int32()))
	case parquet.Int64:
		unscaled.SetInt64(v.Int64())
	default: // two's complement, most significant byte first
		b := v.ByteArray()
		unscaled.SetBytes(b)
		if len(b) > 0 && b[0]&0x80 != 0 {
			unscaled.Sub(unscaled, new(big.Int).Lsh(big.NewInt(1), uint(8*len(b))))
		}
	}
	return new(big.Rat).SetFrac(unscaled, new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(scale)), nil)).FloatString(scale)
}

// int96Time reads nanoseconds of the day and a Julian day, as older writers have it.
func int96Time(v deprecated.Int96) time.Time {
	const unixDay = 2440588
	return time.Unix((int64(v[2])-unixDay)*86400, int64(v[1])<<32|int64(v[0])).UTC()
}

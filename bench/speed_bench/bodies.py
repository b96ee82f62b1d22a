"""The contents of the generated packages: Go code by file name. `SEED` is a number that differs
between packages.
"""

from __future__ import annotations

BODIES = {
    "records": """\
import (
	"fmt"
	"sort"
	"strings"
)

// Record is a named set of values.
type Record struct {
	Name   string
	Values [SEED + 1]int
	Tags   map[string]string
}

// Sum adds the values up.
func (r Record) Sum() (sum int) {
	for _, value := range r.Values {
		sum += value
	}
	return sum
}

// Report has a line for each tag of each record, in the order of their names.
func Report(records []Record) string {
	sort.Slice(records, func(i, j int) bool { return records[i].Name < records[j].Name })
	var b strings.Builder
	for i, r := range records {
		keys := make([]string, 0, len(r.Tags))
		for key := range r.Tags {
			keys = append(keys, key)
		}
		sort.Strings(keys)
		for _, key := range keys {
			fmt.Fprintf(&b, "%d %s %s=%q %d SEED\\n", i, r.Name, key, r.Tags[key], r.Sum())
		}
	}
	return b.String()
}
""",
    "cache": """\
import (
	"errors"
	"sync"
	"time"
)

// ErrGone is returned for what was in the cache and is too old.
var ErrGone = errors.New("gone after SEED")

type entry[V any] struct {
	value V
	until time.Time
}

// Cache keeps values for a while.
type Cache[K comparable, V any] struct {
	mu      sync.Mutex
	entries map[K]entry[V]
	keep    time.Duration
}

// NewCache returns an empty cache.
func NewCache[K comparable, V any](keep time.Duration) *Cache[K, V] {
	return &Cache[K, V]{entries: map[K]entry[V]{}, keep: keep}
}

// Put adds a value.
func (c *Cache[K, V]) Put(key K, value V) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.entries[key] = entry[V]{value, time.Now().Add(c.keep)}
}

// Get returns a value that is there, or makes it.
func (c *Cache[K, V]) Get(key K, make func(K) (V, error)) (V, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	found, ok := c.entries[key]
	if ok && time.Now().Before(found.until) {
		return found.value, nil
	}
	value, err := make(key)
	if err != nil {
		delete(c.entries, key)
		return value, errors.Join(ErrGone, err)
	}
	c.entries[key] = entry[V]{value, time.Now().Add(c.keep)}
	return value, nil
}

var names = NewCache[int, string](SEED * time.Second)

// NameOf is a cached name.
func NameOf(number int) (string, error) {
	return names.Get(number, func(int) (string, error) { return Name(), nil })
}
""",
    "parser": """\
import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
)

// Expression is a sum of products, such as `2*x + SEED`.
type Expression struct {
	Terms [][]string
}

// Parse reads an expression.
func Parse(text string) (Expression, error) {
	var e Expression
	for number, term := range strings.Split(text, "+") {
		var factors []string
		for _, factor := range strings.Split(term, "*") {
			factor = strings.TrimSpace(factor)
			if factor == "" {
				return Expression{}, fmt.Errorf("term %d of %q has an empty factor", number, text)
			}
			for _, r := range factor {
				if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
					return Expression{}, fmt.Errorf("%q in %q is no name or number", r, text)
				}
			}
			factors = append(factors, factor)
		}
		e.Terms = append(e.Terms, factors)
	}
	return e, nil
}

// Value works an expression out.
func (e Expression) Value(variables map[string]int) (int, error) {
	sum := SEED
	for _, term := range e.Terms {
		product := 1
		for _, factor := range term {
			value, err := strconv.Atoi(factor)
			if err != nil {
				known, ok := variables[factor]
				if !ok {
					return 0, fmt.Errorf("%s is not known: %w", factor, err)
				}
				value = known
			}
			product *= value
		}
		sum += product
	}
	return sum, nil
}
""",
    "statistics": """\
import (
	"math"
	"sort"
)

// Summary tells how measurements are spread.
type Summary struct {
	Count               int
	Mean, Deviation     float64
	Least, Median, Most float64
}

// Summarize works on a copy of the measurements.
func Summarize(measured []float64) Summary {
	if len(measured) == 0 {
		return Summary{}
	}
	sorted := append([]float64(nil), measured...)
	sort.Float64s(sorted)
	s := Summary{Count: len(sorted), Least: sorted[0], Most: sorted[len(sorted)-1]}
	for _, m := range sorted {
		s.Mean += m / float64(len(sorted))
	}
	for _, m := range sorted {
		s.Deviation += (m - s.Mean) * (m - s.Mean)
	}
	s.Deviation = math.Sqrt(s.Deviation / float64(len(sorted)))
	s.Median = sorted[len(sorted)/2]
	return s
}

// Histogram counts measurements in classes of the same width.
func Histogram(measured []float64, classes int) []int {
	counts := make([]int, classes)
	s := Summarize(measured)
	for _, m := range measured {
		class := int(float64(classes) * (m - s.Least) / (s.Most - s.Least + SEED))
		counts[min(class, classes-1)]++
	}
	return counts
}
""",
}

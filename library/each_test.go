package library

import (
	"fmt"
	"iter"
	"runtime"
	"slices"
	"sync/atomic"
	"testing"
)

func numbers(n int) iter.Seq[int] {
	return func(yield func(int) bool) {
		for i := range n {
			if !yield(i) {
				return
			}
		}
	}
}

func TestInOrder(t *testing.T) {
	for _, workers := range []int{0, 1, 2, 3, 16} {
		for _, n := range []int{0, 1, 2, 500} {
			t.Run(fmt.Sprintf("%d workers, %d inputs", workers, n), func(t *testing.T) {
				next := 0
				for in, out := range InOrder(numbers(n), workers, func(i int) string { return fmt.Sprint(i) }) {
					if in != next || out != fmt.Sprint(next) {
						t.Fatalf("got %d, %q; want %d", in, out, next)
					}
					next++
				}
				if next != n {
					t.Errorf("%d results, want %d", next, n)
				}
			})
		}
	}
}

// TestInOrderStartsNoIdleWorkers: each worker that was started would take a
// stack of its own.
func TestInOrderStartsNoIdleWorkers(t *testing.T) {
	before, most := runtime.NumGoroutine(), 0
	for range InOrder(numbers(3), 100_000, func(i int) int { return i }) {
		most = max(most, runtime.NumGoroutine())
	}
	if most > before+100 {
		t.Errorf("%d goroutines were started for three inputs", most-before)
	}
}

// TestInOrderWaitsForTheFirst: the first call ends only when others have ended.
func TestInOrderWaitsForTheFirst(t *testing.T) {
	const workers = 4
	others := make(chan bool, 100)
	var got []int
	for in := range InOrder(numbers(50), workers, func(i int) int {
		if i == 0 {
			for range workers {
				<-others
			}
		} else {
			others <- true
		}
		return i
	}) {
		got = append(got, in)
	}
	if !slices.IsSorted(got) || len(got) != 50 {
		t.Errorf("got %v", got)
	}
}

func TestInOrderKeepsToItsWorkers(t *testing.T) {
	const workers = 3
	var running, most atomic.Int64
	for range InOrder(numbers(300), workers, func(i int) int {
		now := running.Add(1)
		for {
			m := most.Load()
			if now <= m || most.CompareAndSwap(m, now) {
				break
			}
		}
		running.Add(-1)
		return i
	}) {
		continue
	}
	if most.Load() > workers {
		t.Errorf("%d calls at a time, want at most %d", most.Load(), workers)
	}
}

func TestInOrderStopsEarly(t *testing.T) {
	for _, workers := range []int{1, 4} {
		t.Run(fmt.Sprint(workers), func(t *testing.T) {
			var calls atomic.Int64
			var got []int
			for in := range InOrder(numbers(1_000_000), workers, func(i int) int { calls.Add(1); return i }) {
				if got = append(got, in); len(got) == 3 {
					break
				}
			}
			if !slices.Equal(got, []int{0, 1, 2}) {
				t.Errorf("got %v", got)
			}
			if n := calls.Load(); n > int64(10*workers) {
				t.Errorf("%d calls for 3 results", n)
			}
		})
	}
}

func TestInOrderPanics(t *testing.T) {
	caught := func(seq iter.Seq2[int, int]) (value any, results int) {
		defer func() { value = recover() }()
		for range seq {
			results++
		}
		return nil, results
	}
	for _, workers := range []int{1, 4} {
		t.Run(fmt.Sprintf("in a call, %d workers", workers), func(t *testing.T) {
			value, results := caught(InOrder(numbers(100), workers, func(i int) int {
				if i == 5 {
					panic("five")
				}
				return i
			}))
			if value != "five" || results != 5 {
				t.Errorf("caught %v after %d results, want five after 5", value, results)
			}
		})
		t.Run(fmt.Sprintf("in the inputs, %d workers", workers), func(t *testing.T) {
			inputs := func(yield func(int) bool) {
				yield(0)
				yield(1)
				panic("no more")
			}
			value, results := caught(InOrder(inputs, workers, func(i int) int { return i }))
			if value != "no more" || results != 2 {
				t.Errorf("caught %v after %d results, want no more after 2", value, results)
			}
		})
	}
	t.Run("in the loop", func(t *testing.T) {
		defer func() {
			if value := recover(); value != "enough" {
				t.Errorf("caught %v, want enough", value)
			}
		}()
		for in := range InOrder(numbers(100), 4, func(i int) int { return i }) {
			if in == 2 {
				panic("enough")
			}
		}
	})
}

func TestEach(t *testing.T) {
	files := []File{{Path: "c"}, {Path: "a"}, {Path: "b"}}
	var got []string
	for f, path := range Each(files, func(f File) string { return f.Path }) {
		got = append(got, f.Path+path)
	}
	if !slices.Equal(got, []string{"cc", "aa", "bb"}) {
		t.Errorf("got %v", got)
	}
}

func TestEachOfManyFiles(t *testing.T) {
	files := make([]File, 5000)
	for i := range files {
		files[i].Path = fmt.Sprint(i)
	}
	next := 0
	for f, path := range Each(files, func(f File) string { return f.Path }) {
		if f.Path != files[next].Path || path != f.Path {
			t.Fatalf("got %s, %s; want %d", f.Path, path, next)
		}
		if next++; next == 4500 {
			break // in the middle of what a worker took
		}
	}
	if next != 4500 {
		t.Errorf("%d results, want 4500", next)
	}
}
